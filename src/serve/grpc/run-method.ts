import type { ServerHttp2Stream } from 'node:http2';
import { isToolError, ToolError } from '../../core/errors.ts';
import type { Call } from './exchange/call.ts';
import { PREFIX_BYTES, sealFrame } from './exchange/frame-buffer.ts';
import type { MessageReader } from './exchange/message-reader.ts';
import type { GrpcTools, Method, MethodCall } from './exchange/method.ts';
import { CallFailed, codes, OK, type Status, toStatus } from './exchange/status.ts';

interface Run {
  readonly method: Method<unknown, unknown>;
  readonly call: Call;
  readonly tools: GrpcTools;
  readonly messages: MessageReader;
  readonly stream: ServerHttp2Stream;
  /** Aborted when the server closes. */
  readonly closing: AbortSignal;
  /** The `grpc-encoding` header. */
  readonly encoding: string | undefined;
}

/** Messages in, answers out, and a status at the end, whatever happens. */
export async function runMethod({ method, call, tools, messages, stream, closing, encoding }: Run): Promise<void> {
  const many = method.takesMany === true;
  const send = (answer: unknown) => call.send(sealFrame(method.answer.encode(answer ?? {}, PREFIX_BYTES)));
  const methodCall: MethodCall<unknown> = { id: call.id, tools, send, onGone: call.onGone, closing };
  let isBusy = false;
  // A client that may go on sending for ever is told when nobody will hear it.
  const leave = () => {
    if (!isBusy) call.end(toStatus(new ToolError('SERVER_CLOSING', {})));
  };
  if (many) closing.addEventListener('abort', leave, { once: true });
  try {
    await messages.receive(stream, {
      encoding,
      many,
      async hear(message) {
        isBusy = true;
        const answer = await method.run(decode(method, message), methodCall);
        if (answer !== undefined) send(answer);
        call.forgetDrops();
        isBusy = false;
        if (many && closing.aborted) leave();
      },
    });
    call.end(OK);
  } catch (error) {
    call.end(toMethodStatus(method, error));
  } finally {
    closing.removeEventListener('abort', leave);
  }
}

function decode({ request }: Method<unknown, unknown>, message: Buffer): unknown {
  try {
    return request.decode(message);
  } catch (error) {
    // As every implementation of gRPC answers bytes that are no message.
    throw new CallFailed(codes.internal, toStatus(error).message);
  }
}

function toMethodStatus({ internal = [] }: Method<unknown, unknown>, error: unknown): Status {
  const { code, message } = toStatus(error);
  return { code: isToolError(error) && internal.includes(error.code) ? codes.internal : code, message };
}
