/** grpc.health.v1 (github.com/grpc/grpc/blob/master/doc/health-checking.md). */
import { one } from '../protobuf/fields.ts';
import { defineMessage } from '../protobuf/message.ts';
import { types } from '../protobuf/types.ts';

export const healthCheckRequest = defineMessage({ service: one(1, types.text) });

/** A value of the enumeration `ServingStatus`. */
export const healthCheckResponse = defineMessage({ status: one(1, types.int32) });

export const servingStatus = { serving: 1, notServing: 2, serviceUnknown: 3 } as const;
