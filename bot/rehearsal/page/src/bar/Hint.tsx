// Three steps for a first visit; ticked as they are done, and gone once dismissed.

import { texts } from "../texts";
import { Icon } from "../ui/Icon";

interface Props {
  steps: string[];
  done: boolean[];
  onDismiss: () => void;
}

export function Hint({ steps, done, onDismiss }: Props) {
  const next = done.findIndex((each) => !each);
  return (
    <aside className="hint" aria-labelledby="hint-title">
      <h2 id="hint-title">{texts.hintTitle}</h2>
      <ol>
        {steps.map((step, place) => (
          <li key={place} data-done={done[place] || undefined} aria-current={place === next ? "step" : undefined}>
            <span className="hint-number" aria-hidden="true">{done[place] ? <Icon name="check" size={14} /> : place + 1}</span>
            <span>
              {step}
              {done[place] && <span className="sr-only"> ({texts.hintDone})</span>}
            </span>
          </li>
        ))}
      </ol>
      <button type="button" className="icon-button" aria-label={texts.dismiss} onClick={onDismiss}>
        <Icon name="close" size={16} />
      </button>
    </aside>
  );
}
