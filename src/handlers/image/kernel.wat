;; The inner loops of image processing. `npm run image-kernel` assembles this text into kernel-module.ts; kernel.ts says what
;; the functions promise. A resized value is clip8((2^21 + sum of weight x pixel) >> 22) in 32-bit integers, as in Pillow; the
;; two narrowing instructions are its clip8.
(module
  (import "kernel" "memory" (memory 1))

  ;; One line of pixels with three channels. Of target pixel i, the first source byte stands at $line + $firsts[i], and there are
  ;; $taps bytes of weights; $firsts ends at $end.
  (func (export "acrossColour")
    (param $line i32) (param $firsts i32) (param $end i32) (param $weights i32) (param $taps i32) (param $to i32)
    (local $at i32) (local $last i32) (local $sum v128)
    loop $pixel
      local.get $line  local.get $firsts  i32.load  i32.add  local.set $at
      local.get $weights  local.get $taps  i32.add  local.set $last
      i32.const 2097152  i32x4.splat  local.set $sum
      loop $tap
        local.get $sum
        local.get $at  v128.load32_zero  i16x8.extend_low_i8x16_u  i32x4.extend_low_i16x8_u
        local.get $weights  v128.load32_splat  i32x4.mul  i32x4.add  local.set $sum
        local.get $at  i32.const 3  i32.add  local.set $at
        local.get $weights  i32.const 4  i32.add  local.tee $weights
        local.get $last  i32.lt_u  br_if $tap
      end
      local.get $to
      local.get $sum  i32.const 22  i32x4.shr_s  local.tee $sum
      local.get $sum  i16x8.narrow_i32x4_s  local.tee $sum
      local.get $sum  i8x16.narrow_i16x8_u
      v128.store32_lane 0
      local.get $to  i32.const 3  i32.add  local.set $to
      local.get $firsts  i32.const 4  i32.add  local.tee $firsts
      local.get $end  i32.lt_u  br_if $pixel
    end)

  ;; The same with one channel; the weights of a pixel are a multiple of four, each lane sums every fourth.
  (func (export "acrossGray")
    (param $line i32) (param $firsts i32) (param $end i32) (param $weights i32) (param $taps i32) (param $to i32)
    (local $at i32) (local $last i32) (local $sum v128)
    loop $pixel
      local.get $line  local.get $firsts  i32.load  i32.add  local.set $at
      local.get $weights  local.get $taps  i32.add  local.set $last
      i32.const 0  i32x4.splat  local.set $sum
      loop $four
        local.get $sum
        local.get $at  v128.load32_zero  i16x8.extend_low_i8x16_u  i32x4.extend_low_i16x8_u
        local.get $weights  v128.load  i32x4.mul  i32x4.add  local.set $sum
        local.get $at  i32.const 4  i32.add  local.set $at
        local.get $weights  i32.const 16  i32.add  local.tee $weights
        local.get $last  i32.lt_u  br_if $four
      end
      local.get $to
      i32.const 2097152
      local.get $sum  i32x4.extract_lane 0  i32.add
      local.get $sum  i32x4.extract_lane 1  i32.add
      local.get $sum  i32x4.extract_lane 2  i32.add
      local.get $sum  i32x4.extract_lane 3  i32.add
      i32x4.splat  i32.const 22  i32x4.shr_s  local.tee $sum
      local.get $sum  i16x8.narrow_i32x4_s  local.tee $sum
      local.get $sum  i8x16.narrow_i16x8_u
      v128.store8_lane 0
      local.get $to  i32.const 1  i32.add  local.set $to
      local.get $firsts  i32.const 4  i32.add  local.tee $firsts
      local.get $end  i32.lt_u  br_if $pixel
    end)

  ;; One line of bytes, $to up to $end, out of the lines at $from, $from + $line, …: as many as there are weights up to $last.
  (func (export "down")
    (param $from i32) (param $line i32) (param $weights i32) (param $last i32) (param $to i32) (param $end i32)
    (local $at i32) (local $weight i32) (local $factor v128) (local $bytes v128) (local $half v128)
    (local $a v128) (local $b v128) (local $c v128) (local $d v128)
    loop $sixteen
      local.get $from  local.set $at
      local.get $weights  local.set $weight
      i32.const 2097152  i32x4.splat  local.tee $a  local.tee $b  local.tee $c  local.set $d
      loop $tap
        local.get $weight  v128.load32_splat  local.set $factor
        local.get $at  v128.load  local.set $bytes
        local.get $bytes  i16x8.extend_low_i8x16_u  local.set $half
        local.get $half  i32x4.extend_low_i16x8_u  local.get $factor  i32x4.mul  local.get $a  i32x4.add  local.set $a
        local.get $half  i32x4.extend_high_i16x8_u  local.get $factor  i32x4.mul  local.get $b  i32x4.add  local.set $b
        local.get $bytes  i16x8.extend_high_i8x16_u  local.set $half
        local.get $half  i32x4.extend_low_i16x8_u  local.get $factor  i32x4.mul  local.get $c  i32x4.add  local.set $c
        local.get $half  i32x4.extend_high_i16x8_u  local.get $factor  i32x4.mul  local.get $d  i32x4.add  local.set $d
        local.get $at  local.get $line  i32.add  local.set $at
        local.get $weight  i32.const 4  i32.add  local.tee $weight
        local.get $last  i32.lt_u  br_if $tap
      end
      local.get $to
      local.get $a  i32.const 22  i32x4.shr_s  local.get $b  i32.const 22  i32x4.shr_s  i16x8.narrow_i32x4_s
      local.get $c  i32.const 22  i32x4.shr_s  local.get $d  i32.const 22  i32x4.shr_s  i16x8.narrow_i32x4_s
      i8x16.narrow_i16x8_u  v128.store
      local.get $from  i32.const 16  i32.add  local.set $from
      local.get $to  i32.const 16  i32.add  local.tee $to
      local.get $end  i32.lt_u  br_if $sixteen
    end)

  ;; Every $step bytes from $from up to $end, one: its 32-bit value in $table goes to $to, one after the other.
  (func (export "lookUp")
    (param $from i32) (param $end i32) (param $step i32) (param $table i32) (param $to i32)
    loop $value
      local.get $to
      local.get $from  i32.load8_u  i32.const 2  i32.shl  local.get $table  i32.add  i32.load
      i32.store
      local.get $to  i32.const 4  i32.add  local.set $to
      local.get $from  local.get $step  i32.add  local.tee $from
      local.get $end  i32.lt_u  br_if $value
    end)
)
