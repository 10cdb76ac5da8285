import { test } from 'vitest';
import { expectEqualReading, expectRoundTrip } from '../../serve/grpc/messages/codec-promises.ts';
import { messagePairs } from '../../serve/grpc/messages/message-pairs.ts';

const RUNS = 3_000;

test.each(messagePairs)(
  `$name: ${RUNS} messages and ${RUNS} with mistakes are read as protobufjs reads them`,
  (pair) => {
    expectRoundTrip(pair, RUNS);
    expectEqualReading(pair, RUNS);
  },
);
