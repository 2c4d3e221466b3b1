import type { Message } from '../translate';

export const models = {
  'card.hint': 'It goes with every download, in the format of the Hugging Face hub.',
  'card.title': 'Model card',

  'downloadHint.adapter':
    'Only what was learned, for the PEFT library on top of the base model: a small part of the whole.',
  'downloadHint.full':
    'All that was published: both forms, the evaluation with every held-out row, the model card and a manifest with checksums. To keep or to audit.',
  'downloadHint.onnx':
    'One graph with its tokenizer and labels, for ONNX Runtime: in an app, on a phone, or in another language, without Python.',
  'downloadHint.transformers':
    'Weights, settings and tokenizer for Python with the Transformers library; to go on training, or to put it on the Hugging Face hub.',

  'lineage.copyChecksum': 'Copy the checksum',
  'lineage.dataset': 'Dataset version',
  'lineage.file': 'File as uploaded',
  'lineage.fileGone': 'No longer here',
  'lineage.hint': 'From the file to the endpoints. Ids and checksums can be copied.',
  'lineage.job': 'Job',
  'lineage.jobOf': 'Fine-tune, {preset}',
  'lineage.noUses': 'Not deployed yet',
  'lineage.share': '{percent} of its requests',
  'lineage.title': 'From file to endpoint',
  'lineage.uses': 'Deployments that answer with it',

  'model.baselines': 'Compared with other ways',
  'model.baselinesAxis': 'Right answers; the thin line is where the true value likely lies (95 %)',
  'model.baselinesHint': 'Right answers on the same rows, none of which the model learned from.',
  'model.class': 'Class',
  'model.classRows': 'Rows',
  'model.comparedWithThis': 'Compared with this',
  'model.confused': 'Mostly taken for',
  'model.delete': 'Delete',
  'model.deleteDeployed':
    'It can’t be deleted while a deployment answers with it. Let the deployment use another model or delete it first:',
  'model.deleteSubmit': 'Delete it for good',
  'model.deleteText': {
    one: 'Its {count} version goes with all files, and can’t be brought back.',
    other: 'Its {count} versions go with all files, and can’t be brought back.',
  },
  'model.deleteTitle': 'Delete “{name}”?',
  'model.difference': 'this version {points} {points:point|points}',
  'model.high': 'At most',
  'model.low': 'At least',
  'model.more': 'More about this model',
  'model.perClass': 'Class by class',
  'model.perClassHint':
    'The weakest first. Precision: how many of its answers with this class are right. Recall: how many rows of this class it finds. F1: both in one number.',
  'model.possiblySeen': {
    one: 'it may have learned from {count} of these rows',
    other: 'it may have learned from {count} of these rows',
  },
  'model.right': '{percent} right',
  'model.rightOf': '{correct} of {rows} {rows:row|rows} it never saw; likely between {low} and {high}.',
  'model.thisVersion': 'This version',
  'model.way': 'Way to answer',
  'model.allClasses': 'Show all {count} {count:class|classes}',

  'models.dataset': 'Learned from',
  'models.none': 'No models yet. Open a dataset and choose Fine-tune.',
  'models.version': 'Newest version',
  'models.change': '{points} on v{number}',

  'modelTab.card': 'Card and files',
  'modelTab.origin': 'Where it comes from',
  'modelTab.quality': 'How good it is',
  'modelTab.rows': 'Rows of the exam',
  'modelTab.versions': 'Versions',

  'origin.baseModel': 'Started from',
  'origin.chosen': 'What was chosen, and why',
  'origin.columns': 'Reads and answers',
  'origin.dataset': 'Dataset',
  'origin.device': 'Trained on',
  'origin.epochs': 'Passes over the rows',
  'origin.libraries': 'Libraries',
  'origin.preset': 'Thoroughness',
  'origin.rowCounts': '{train} learned from, {validation} to choose by, {test} kept for the exam',
  'origin.rows': 'Rows',
  'origin.seed': 'Seed',
  'origin.split': 'Kept for the exam',
  'origin.title': 'How it came to be',
  'origin.what': 'What',

  'versions.compare': 'Compare',
  'versions.compareWith': 'v{one} with v{other}',
  'versions.exam': 'Rows of the exam',
  'versions.hint': 'Each fine-tune under the same name makes a version; none is ever changed.',
  'versions.shown': 'shown here',
  'versions.title': 'Versions',
  'writing.better': 'better, all in all',
  'writing.change': 'Perplexity {change}',
  'writing.changeOf':
    'On the answers of {rows} {rows:row|rows} it never saw, against the untuned model; less is better. Likely between {low} and {high}.',
  'writing.hint':
    'Of {rows} {rows:row|rows} kept for the exam, the expected answers of {scored} were weighed, and {answered} it answered itself. The thin line is where the true value likely lies (95 %).',
  'writing.preferred': 'Better answer preferred: {percent}',
  'writing.preferredOf':
    'of {pairs} {pairs:pair|pairs} of answers it never saw, between {low} and {high}; half would be chance.',
  'writing.similar': 'no clear gain, all in all',
  'writing.title': 'Compared with other ways',
  'writing.worse': 'worse, all in all',

  'answerOrder.closest': 'Closest to the expected first',
  'answerOrder.farthest': 'Farthest from the expected first',
  'answerOrder.sheet': 'As in the sheet',

  'downloadHint.gguf':
    'One file for llama.cpp, Ollama, LM Studio and what else reads GGUF: for a laptop, without Python.',

  'memorisation.answers': {
    one: 'Of the {answered} {answered:answer|answers} that it wrote, {count} is that of a training row.',
    other: 'Of the {answered} {answered:answer|answers} that it wrote, {count} are those of training rows.',
  },
  'memorisation.expected': {
    one: 'Of the {asked} expected {asked:answer|answers}, {count} is also that of a training row: it may only be repeated.',
    other:
      'Of the {asked} expected {asked:answer|answers}, {count} are also those of training rows: they may only be repeated.',
  },
  'memorisation.hint': 'Word for word the same, but for case and spaces.',
  'memorisation.title': 'What it may have learned by heart',

  'models.quality': 'How good',

  'modelTab.answers': 'Its answers',

  'judge.address': 'Address',
  'judge.addressExample': 'https://api.openai.com/v1',
  'judge.addressHint':
    'As the official OpenAI clients take it. One in a network of your own has to be allowed by the operator.',
  'judge.again': {
    one: 'Ask again about {count} row that it has not decided',
    other: 'Ask again about {count} rows that it has not decided',
  },
  'judge.allSeen': 'it has seen every row',
  'judge.failed': 'The judge could not go on',
  'judge.goOn': 'Go on with what is left',
  'judge.hint':
    'Any model with an OpenAI-compatible address. It is sent each question, the expected answer and both answers, twice, the answers changing places, up to 6,000 characters of each text: a row counts for a model only if its answer is preferred both times.',
  'judge.kept': 'What was judged before is kept.',
  'judge.key': 'Key',
  'judge.keyHint': 'Used for these requests and stored nowhere. Leave it empty if none is wanted there.',
  'judge.left': { one: '{count} row left', other: '{count} rows left' },
  'judge.model': 'Model',
  'judge.modelHint': 'Its name there.',
  'judge.noneYet': 'It has not decided any row yet.',
  'judge.progress': 'Judged by the model so far',
  'judge.refusal': 'What came back for the first row that was refused: {said}',
  'judge.refused': { one: '{count} refused by its endpoint', other: '{count} refused by its endpoint' },
  'judge.rows': 'Rows',
  'judge.rowsHint': 'Of those that this judge was not asked about yet; each is two requests.',
  'judge.start': 'Let it judge',
  'judge.stop': 'Stop',
  'judge.stopping': 'Stops after these rows',
  'judge.title': 'Let another model judge',
  'judge.unclear': { one: '{count} without a clear answer', other: '{count} without a clear answer' },
  'judge.undecided': { one: '{count} row it has not decided', other: '{count} rows it has not decided' },
  'judge.undecidedHint':
    'Rows without a clear answer, and those that its endpoint refused, count for nobody. It is asked about them again only if you want it.',

  'vote.before': 'Back',
  'vote.count': { one: '{count} row', other: '{count} rows' },
  'vote.difference':
    'By rows, this version is ahead by {points} {points:point|points}: the brackets are where the true value likely lies (95 %).',
  'vote.failed': 'This vote does not count',
  'vote.hint':
    'One of the two answers is the tuned model’s, the other the untuned one’s; which is which is not told. Keys 1, 2 and 3 vote.',
  'vote.judged': '{judged} of {count} judged',
  'vote.left': 'Left',
  'vote.leftBetter': 'Left is better',
  'vote.none': 'This version wrote no answers in its exam.',
  'vote.noneYet': 'Nobody has voted yet.',
  'vote.open': 'Judge blindly',
  'vote.people': { one: '{count} person voted', other: '{count} people voted' },
  'vote.progress': 'Judged so far',
  'vote.question': 'Question of row {row}',
  'vote.right': 'Right',
  'vote.rightBetter': 'Right is better',
  'vote.skip': 'Skip',
  'vote.tie': 'No difference',
  'vote.tieBetter': 'No difference',
  'vote.title': 'Which answer is better?',
  'vote.toResult': 'To the result',
  'vote.which': 'Your vote',

  'way.base': 'Untuned model',
  'way.retrieval': 'Copying from the most similar training row',
  'way.tuned': 'This version',

  'writing.chrf': 'chrF {chrf}',
  'writing.lessIsBetter': '{measure} (less is better)',
  'writing.whatIsIt': 'What is that?',

  'written.hint':
    'Rows of “{dataset}” that it never learned from: what was expected, what it answered, and what the untuned model answers.',
  'written.none': 'No row of the exam was answered in full.',
  'written.notFound': 'Nothing like this was found.',
  'written.row': 'row {row} · chrF {chrf}',
  'written.search': 'Find in questions and answers',
  'written.title': 'Answers of the exam',
} as const satisfies Record<string, Message>;
