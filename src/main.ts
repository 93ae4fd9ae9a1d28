#!/usr/bin/env node
export const placeholder: number = 1
