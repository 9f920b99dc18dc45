'use strict';
const { join } = require('node:path');
const { load } = require('./cli.js');

load(join(__dirname, 'worker.cjs'));
