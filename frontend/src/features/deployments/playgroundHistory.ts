import { useLocalStorage } from '@mantine/hooks';
import type { Prediction } from '~/api/types';
import type { Input } from './examples';

const MOST_ENTRIES = 50;
const KEPT_SCORES = 20;

/** A question of this browser and what the model said; kept in this browser only. */
export interface Asked {
  id: string;
  time: string;
  input: Input;
  modelVersionId: string;
  prediction: Prediction;
}

export function usePlaygroundHistory(deploymentId: string) {
  const [entries, setEntries, forget] = useLocalStorage<Asked[]>({
    key: `tuneyard.playground.${deploymentId}`,
    defaultValue: [],
    getInitialValueInEffect: false,
  });
  const remember = (asked: Omit<Asked, 'id' | 'time'>) => {
    const entry = {
      ...asked,
      id: crypto.randomUUID?.() ?? String(Math.random()),
      time: new Date().toISOString(),
    };
    const scores = Object.fromEntries(Object.entries(asked.prediction.scores).slice(0, KEPT_SCORES));
    entry.prediction = { ...asked.prediction, scores };
    setEntries((before) => [entry, ...before].slice(0, MOST_ENTRIES));
  };
  return { entries, remember, forget };
}
