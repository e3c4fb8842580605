/**
 * The page allows styles that carry its nonce. Ant Design and its parts make style elements as they
 * are needed, some of them without a way to hand the nonce in, so it is put on where they are made:
 * only our own scripts run here, and they may already.
 */
type Make = (name: string, options?: ElementCreationOptions) => HTMLElement

export function nonceOnStyles(): void {
  const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce
  if (!nonce) return
  const original: unknown = Reflect.get(document, 'createElement')
  const make = (original as Make).bind(document)
  const withNonce: Make = (name, options) => {
    const element = make(name, options)
    if (element instanceof HTMLStyleElement) element.nonce = nonce
    return element
  }
  Reflect.set(document, 'createElement', withNonce)
}
