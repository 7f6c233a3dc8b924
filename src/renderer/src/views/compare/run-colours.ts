/** Of the runs that are compared: letter and token, in their order. */
export const RUN_LETTERS = ['A', 'B', 'C', 'D']
export const RUN_COLOURS = ['run-a', 'run-b', 'run-c', 'run-d']
