/** The same object with some methods replaced; all others are the object's own. */
export function decorated<T extends object>(target: T, methods: Partial<T>): T {
  const cache = new Map<PropertyKey, unknown>(Object.entries(methods))
  return new Proxy(target, {
    get: (_, name) => {
      if (cache.has(name)) return cache.get(name)
      const value = Reflect.get(target, name, target) as unknown
      if (typeof value !== 'function') return value
      const method = (value as (...input: unknown[]) => unknown).bind(target)
      cache.set(name, method)
      return method
    },
  })
}
