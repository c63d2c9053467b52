/** Exit code of a command that found, or leaves, something that is not as it shall be. */
export const EXIT_DIFFERENCES = 2;
