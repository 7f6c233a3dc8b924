// Script of the k6 contestant: as many requests as 50 virtual users can, bodies thrown away.
import http from 'k6/http'

const { URL, USERS, SECONDS } = __ENV
export const options = { discardResponseBodies: true, vus: Number(USERS), duration: `${SECONDS}s` }
export default () => http.get(URL)
