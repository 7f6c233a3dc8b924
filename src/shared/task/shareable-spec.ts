import { maskBody, maskHeader, maskNamed, maskUrl } from './masking.ts'
import { SECRET_FIELDS } from './auth-schema.ts'
import { MASK, maskSpec } from './mask-spec.ts'
import type { AuthSpec, RequestSpec, TaskSpec } from './task.ts'

/** A task as it may leave this machine in a report: nothing in it opens a door, and it still says what was sent. */
export function shareableSpec(spec: TaskSpec): TaskSpec {
  const { request, steps, auth, transport, vars, data, ...rest } = maskSpec(spec)
  return {
    ...rest,
    request: shareableRequest(request),
    ...(auth === undefined ? {} : { auth: shareableAuth(auth) }),
    ...(steps === undefined ? {} : { steps: steps.map((step) => ({ ...step, request: shareableRequest(step.request) })) }),
    transport: {
      ...transport,
      ...(transport.key === undefined ? {} : { key: MASK }),
      ...(transport.proxy === undefined ? {} : { proxy: maskUrl(transport.proxy) }),
    },
    ...(vars === undefined ? {} : { vars: Object.fromEntries(Object.entries(vars).map(([name, value]) => [name, maskNamed(name, value)])) }),
    // Rows of people do not belong into a report, and may be megabytes.
    ...(data === undefined ? {} : { data: Object.fromEntries(Object.entries(data).map(([name, { content: _, ...one }]) => [name, one])) }),
  }
}

function shareableAuth(auth: AuthSpec): AuthSpec {
  return { ...auth, ...Object.fromEntries(SECRET_FIELDS[auth.type].map((field) => [field, MASK])) }
}

/** What a service is made of says little to a reader, and much of it. */
function shareableRequest({ descriptor: _, ...request }: RequestSpec): RequestSpec {
  const headers = Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.map((one) => maskHeader(name, one)) : maskHeader(name, value)])
  return {
    ...request,
    url: maskUrl(request.url),
    headers: Object.fromEntries(headers) as RequestSpec['headers'],
    ...(request.body === undefined ? {} : { body: maskBody(request.body) }),
    ...(request.message === undefined ? {} : { message: maskBody(request.message) }),
    ...(request.form === undefined ? {} : { form: Object.fromEntries(Object.entries(request.form).map(([name, value]) => [name, maskAll(name, value)])) }),
    ...(request.multipart === undefined ? {} : { multipart: request.multipart.map(({ base64, ...part }) => ({ ...part, ...(base64 === undefined ? {} : { base64: MASK }), ...(part.value === undefined ? {} : { value: maskNamed(part.name, part.value) }) })) }),
  }
}

function maskAll(name: string, value: string | string[]): string | string[] {
  return Array.isArray(value) ? value.map((one) => maskNamed(name, one)) : maskNamed(name, value)
}
