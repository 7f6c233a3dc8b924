/** Version of what nodes say to each other; nodes of another major version get no work. */
export const PROTOCOL = { major: 1, minor: 0 }
