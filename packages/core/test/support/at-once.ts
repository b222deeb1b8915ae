/** The most calls that were under way at the same time, of a provider that answers later, and how often each answer was waited for, on average. */
export function mostAtOnce<T extends object>(p: T): { readonly primitives: T; readonly most: () => number; readonly waits: () => number } {
  let underWay = 0
  let most = 0
  let calls = 0
  let waits = 0
  const primitives = new Proxy(p, {
    get(target, name: keyof T & string) {
      const primitive = target[name] as (...args: unknown[]) => unknown
      if (name === 'randomBytes') return primitive
      return (...args: unknown[]) => {
        calls++
        most = Math.max(most, ++underWay)
        const answer = (async () => {
          const result = await Reflect.apply(primitive, target, args)
          underWay--
          return result
        })()
        const wait = answer.then.bind(answer)
        Reflect.set(answer, 'then', (...handlers: Parameters<typeof wait>) => {
          waits++
          return wait(...handlers)
        })
        return answer
      }
    },
  })
  return { primitives, most: () => most, waits: () => waits / calls }
}
