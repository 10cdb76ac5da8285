#!/usr/bin/env node
require('./require-node.js')(1);
require('./start.js')('ts-model-archiver');
