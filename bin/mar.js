#!/usr/bin/env node
import { main } from '../dist/cli/mar.js';

await main(process.argv.slice(2));
