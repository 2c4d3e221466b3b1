import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { sources } from '../sources';

const LETTERS = /\p{L}{2,}/u;
const VISIBLE_ATTRIBUTES =
  /^(title|label|placeholder|alt|text|hint|description|header|error|facts|aria-label)$/;

/** Words of a component's source that a person would see and no catalogue holds. */
function visibleText(path: string, text: string): string[] {
  const found: string[] = [];
  const report = (node: ts.Node, words: string) => {
    if (LETTERS.test(words)) found.push(`${path}: ${words.trim()}`);
    return node;
  };
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node)) report(node, node.text);
    if (ts.isJsxAttribute(node) && VISIBLE_ATTRIBUTES.test(node.name.getText())) {
      if (node.initializer && ts.isStringLiteral(node.initializer)) report(node, node.initializer.text);
    }
    if (ts.isPropertyAssignment(node) && VISIBLE_ATTRIBUTES.test(node.name.getText())) {
      const isKey = ts.isStringLiteral(node.initializer) && /^[a-z][\w]*\.\w+$/i.test(node.initializer.text);
      if (ts.isStringLiteral(node.initializer) && !isKey) report(node, node.initializer.text);
    }
    if (ts.isJsxExpression(node) && node.expression && !ts.isJsxAttribute(node.parent)) {
      if (ts.isStringLiteralLike(node.expression)) report(node, node.expression.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX));
  return found;
}

describe('what a person can read', () => {
  it('is found when it stands in a component', () => {
    const component = `const A = () => <B title="Some title" to="/place">{'Words'} more {t('a.b')}</B>;`;
    expect(visibleText('a.tsx', component)).toHaveLength(3);
  });

  it('stands in the catalogues only', () => {
    const components = sources().filter(({ path }) => path.endsWith('.tsx'));
    expect(components.length).toBeGreaterThan(40);
    expect(components.flatMap(({ path, text }) => visibleText(path, text))).toEqual([]);
  });
});
