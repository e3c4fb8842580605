/** A dialog in which one can type at once: its first field has the focus as soon as it stands. */
import { Modal, type ModalProps } from 'antd'
import { useRef } from 'react'

const TYPED = 'input:not([type=radio], [type=checkbox], :disabled), select, textarea'

export function Dialog({ children, afterOpenChange, ...rest }: ModalProps) {
  const body = useRef<HTMLDivElement>(null)
  // `autoFocus` comes too early: while the dialog fades in, nothing in it can have the focus.
  const opened = (up: boolean) => {
    afterOpenChange?.(up)
    const within = body.current
    if (!up || within === null || within.contains(document.activeElement)) return
    const first = within.querySelector<HTMLElement>(TYPED) ?? within.querySelector('input')
    first?.focus()
  }
  return (
    <Modal {...rest} afterOpenChange={opened}>
      <div ref={body}>{children}</div>
    </Modal>
  )
}
