#!/usr/bin/env node
require('./require-node.js')(3);
require('./start.js')('mar');
