import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { deploymentName } from '~/features/deployments/deploymentName';
import { curlExample } from '~/features/deployments/examples';

const deployment = { urls: { predict: 'http://h/api/v1/deployments/a/predict', huggingface: '', page: '' } };

describe('deploymentName', () => {
  it.each([
    ['Support tickets (2026)', 'support-tickets-2026'],
    ['--a--', 'a'],
    ['工单', ''],
    [`${'x'.repeat(62)} y`, 'x'.repeat(62)],
  ])('makes %j fit an address', (model, name) => {
    expect(deploymentName(model)).toBe(name);
  });
});

describe('curlExample', () => {
  it('reaches a shell as it was meant, whatever the text', () => {
    const text = `It's "broken" \\ $HOME`;
    const script = `curl() { printf '%s' "\${@: -1}"; }\n${curlExample(deployment, text)}`;
    const sent = execFileSync('bash', ['-c', script], { encoding: 'utf-8' });
    expect(JSON.parse(sent)).toEqual({ inputs: [text] });
  });
});
