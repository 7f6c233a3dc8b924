import { maskBody, maskHeader, maskNamed, maskUrl } from './masking.ts'
import { maskSpec } from './mask-spec.ts'
import type { RequestSpec, TaskSpec } from './task.ts'

const MASK = '•••'

/** A task as it may leave this machine in a report: nothing in it opens a door, and it still says what was sent. */
export function shareableSpec(spec: TaskSpec): TaskSpec {
  const { request, transport, vars, data, ...rest } = maskSpec(spec)
  const steps = (spec as { steps?: { request: RequestSpec }[] }).steps
  return {
    ...rest,
    request: shareableRequest(request),
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

function shareableRequest(request: RequestSpec): RequestSpec {
  const headers = Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.map((one) => maskHeader(name, one)) : maskHeader(name, value)])
  return {
    ...request,
    url: maskUrl(request.url),
    headers: Object.fromEntries(headers) as RequestSpec['headers'],
    ...(request.body === undefined ? {} : { body: maskBody(request.body) }),
  }
}
