#!/usr/bin/env node
import { main } from '../dist/cli/ts-workflow-archiver.js';

await main(process.argv.slice(2));
