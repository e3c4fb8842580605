/** What broke is shown where it broke; the rest goes on working. */
import { Component, type ReactNode } from 'react'
import { Broken } from './Broken'

interface Props {
  /** A new value tries again: the address, for example. */
  at: string
  children: ReactNode
}

interface State {
  broken: string | null
  at: string
}

export class ErrorBoundary extends Component<Props, State> {
  override state: State = { broken: null, at: this.props.at }

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { broken: error instanceof Error ? `${error.name}: ${error.message}` : 'unknown' }
  }

  static getDerivedStateFromProps(props: Props, state: State): Partial<State> | null {
    return props.at === state.at ? null : { at: props.at, broken: null }
  }

  override render(): ReactNode {
    if (this.state.broken === null) return this.props.children
    return <Broken what={this.state.broken} onRetry={() => this.setState({ broken: null })} />
  }
}
