import java.io.BufferedInputStream;
import java.io.FileInputStream;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Reads an archive as TorchServe does, local header after local header, and prints `size sha256 name` for each entry. */
public class ReadStream {
  public static void main(String[] args) throws Exception {
    var out = new java.io.PrintStream(System.out, true, "UTF-8");
    try (var zip = new ZipInputStream(new BufferedInputStream(new FileInputStream(args[0])))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        var digest = MessageDigest.getInstance("SHA-256");
        var size = new DigestInputStream(zip, digest).transferTo(java.io.OutputStream.nullOutputStream());
        out.println(size + " " + HexFormat.of().formatHex(digest.digest()) + " " + entry.getName());
      }
    }
  }
}
