'use strict';
const { join } = require('node:path');

globalThis.iechorlintThread = true;
const { load } = require('./cli.js');

load(join(__dirname, 'worker.cjs'));
