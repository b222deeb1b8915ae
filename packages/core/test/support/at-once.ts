/** The most calls that were under way at the same time, of a provider that answers later. */
export function mostAtOnce<T extends object>(p: T): { readonly primitives: T; readonly most: () => number } {
  let underWay = 0
  let most = 0
  const primitives = new Proxy(p, {
    get(target, name: keyof T & string) {
      const primitive = target[name] as (...args: unknown[]) => unknown
      if (name === 'randomBytes') return primitive
      return async (...args: unknown[]) => {
        most = Math.max(most, ++underWay)
        const answer = await Reflect.apply(primitive, target, args)
        underWay--
        return answer
      }
    },
  })
  return { primitives, most: () => most }
}
