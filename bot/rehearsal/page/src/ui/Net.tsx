// Catches unexpected errors and says so, instead of leaving an empty page.

import { Component } from "react";
import type { ReactNode } from "react";
import { texts } from "../texts";

export class Net extends Component<{ children: ReactNode }, { caught: Error | null }> {
  override state = { caught: null as Error | null };

  static getDerivedStateFromError(caught: Error) {
    return { caught };
  }

  override render() {
    const { caught } = this.state;
    if (!caught) return this.props.children;
    return (
      <main className="opening">
        <div className="state" role="alert">
          <p className="state-title">{texts.broken}</p>
          <p>{caught.message}</p>
          <button type="button" className="button" onClick={() => window.location.reload()}>{texts.reload}</button>
        </div>
      </main>
    );
  }
}
