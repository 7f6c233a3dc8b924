// What a test may look at, and how it decides what "the user" answers: electronApp.evaluate(({ standin }) => …)
export const standin = {
  /** Links and paths handed to the system. */
  opened: [],
  /** Dialogs shown, as { kind, options }. */
  dialogs: [],
  /** Answers for the next dialogs; without one: cancel for files, the first button for message boxes. */
  answers: [],
  menu: null,
  notifications: [],
  /** Ids of the power-save blockers that are on. */
  blockers: new Set(),
  /** Those shown now. */
  trays: new Set(),
}
