import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Reads a ZIP front to back as TorchServe does (the CRC is checked) and prints how many members there are, their bytes and the last name. */
public class Summarise {
    public static void main(String[] args) throws Exception {
        long members = 0;
        long bytes = 0;
        String last = "";
        byte[] buffer = new byte[1 << 20];
        try (ZipInputStream zip = new ZipInputStream(new BufferedInputStream(new FileInputStream(args[0]), 1 << 20))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                members++;
                last = entry.getName();
                for (int read = zip.read(buffer); read >= 0; read = zip.read(buffer)) bytes += read;
            }
        }
        System.out.println("{\"members\":" + members + ",\"bytes\":" + bytes + ",\"last\":\"" + last + "\"}");
    }
}
