/** While the step runs, all objects inherit a property of this name that cannot be assigned, as where `Object.prototype` is frozen. */
export function withInherited<T>(name: string, step: () => T): T {
  Object.defineProperty(Object.prototype, name, { value: 'inherited', writable: false, configurable: true })
  try {
    return step()
  } finally {
    delete (Object.prototype as Record<string, unknown>)[name]
  }
}
