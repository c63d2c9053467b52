import { jest } from '@jest/globals';

// Real browsers, several windows, whole journeys.
jest.setTimeout(120_000);
