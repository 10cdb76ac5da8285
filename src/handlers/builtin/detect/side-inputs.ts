/** What detectors take beside the picture: its size, and which pixels are of it. */
import type { Size } from '../../image/transform.ts';
import type { Tensor, TensorSpec, Tensors } from '../../sdk.ts';
import { toTensorData } from '../../tensor-values.ts';
import type { ImagePlan } from '../image/image-plan.ts';
import { ORIGINAL_SIZES, PIXEL_MASK } from './family.ts';

const sideInputs: readonly string[] = [ORIGINAL_SIZES, PIXEL_MASK];

/** The one input that is a picture; undefined where there is none, or more. */
export function pictureOf(inputs: readonly TensorSpec[]): TensorSpec | undefined {
  const others = inputs.filter(({ name }) => !sideInputs.includes(name));
  return others.length === 1 ? others[0] : undefined;
}

/** All inputs for one picture, of which `size` is the size it was sent in. */
export function fillInputs(picture: Tensor, size: Size, plan: ImagePlan, inputs: readonly TensorSpec[]): Tensors {
  const [height = 1, width = 1] = picture.shape.slice(plan.layout === 'NCHW' ? -2 : -3);
  return Object.fromEntries(
    inputs.map((spec): [string, Tensor] => {
      const { name, dtype } = spec;
      if (name === ORIGINAL_SIZES) {
        const shape = spec.shape.length === 1 ? [2] : [1, 2];
        return [name, { dtype, shape, data: toTensorData(dtype, [size.width, size.height]) }];
      }
      if (name !== PIXEL_MASK) return [name, picture];
      // Every pixel is of the picture, however many of them the mask has.
      const sides = [1, spec.shape[1] ?? height, spec.shape[2] ?? width];
      const count = sides.reduce((product, side) => product * side, 1);
      return [name, { dtype, shape: sides, data: toTensorData(dtype, Array<number>(count).fill(1)) }];
    }),
  );
}
