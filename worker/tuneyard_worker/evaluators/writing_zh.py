"""The verdict on a model that writes, in Chinese."""

from tuneyard_worker.evaluators.findings import percent
from tuneyard_worker.evaluators.writing_en import number
from tuneyard_worker.evaluators.writing_findings import WritingFindings


def chinese(findings: WritingFindings) -> str:
    """A few plain sentences."""
    return (
        _preferring(findings)
        + _foreseeing(findings)
        + _answering(findings)
        + _retrieval(findings)
        + _json(findings)
        + _manner(findings)
        + _memorised(findings)
        + _unread(findings)
        + _caution(findings)
        + _knowledge(findings)
    )


def _preferring(findings: WritingFindings) -> str:
    preference = findings.preference
    if preference is None:
        return ""
    found = preference.preferred
    share, low, high = (percent(round(each, 3)) for each in (found.value, found.low, found.high))
    interval = f"{share}%（{low}% 到 {high}%）"
    moved = f"在没见过的 {preference.pairs:,} 对回答中，微调使它在 {interval}的情况下更偏向较好的回答"
    after, before = (percent(round(share, 3)) for share in (preference.likelier, preference.base_likelier))
    likelier = f"它认为较好的回答更可能的占 {after}%，微调前为 {before}%。"
    if findings.prefers == "better":
        return f"{moved}，随机则为一半。{likelier}"
    if findings.prefers == "worse":
        return f"{moved}，低于随机：请检查两列回答是否弄反了。{likelier}"
    return f"{moved}，可能只是偶然。{likelier}"


def _foreseeing(findings: WritingFindings) -> str:
    rows = f"在 {findings.scored_rows:,} 条没见过的数据上"
    figures = f"困惑度 {number(findings.perplexity)}，微调前为 {number(findings.base_perplexity)}"
    if not findings.scored_enough:
        return f"只有 {findings.scored_rows} 条没见过的数据，无法判断它对答案的预测是否好于微调前（{figures}）。"
    if findings.foresees == "better":
        return f"{rows}，它对答案的困惑度比微调前低 {percent(round(findings.cut.value, 3))}%（{figures}）。"
    if findings.foresees == "worse":
        return f"{rows}，它对答案的预测不如微调前（{figures}）。"
    return f"{rows}，它对答案的预测并不好于微调前（{figures}）。"


def _answering(findings: WritingFindings) -> str:
    answers = f"它写出的 {findings.answered_rows:,} 个回答"
    figures = f"chrF {number(findings.chrf)}，微调前为 {number(findings.base.answers.chrf.value)}"
    if not findings.answered_enough:
        return f"{findings.answered_rows} 个回答太少，无法判断是否更接近期望的答案（{figures}）。"
    if findings.answers == "better":
        return f"{answers}更接近期望的答案（{figures}）。"
    if findings.answers == "worse":
        return f"{answers}离期望的答案更远（{figures}）：请不要就这样使用这个模型。"
    return f"{answers}并不明显更接近期望的答案（{figures}）；差别可能只是偶然。"


def _retrieval(findings: WritingFindings) -> str:
    figure = number(findings.retrieval.answers.chrf.value)
    copying = "直接照抄训练数据中最相似问题的答案"
    if not findings.answered_enough:
        return f"{copying}的 chrF 为 {figure}。"
    if findings.against_retrieval == "worse":
        return f"{copying}明显更好（{figure}）：用搜索可能更合适。"
    if findings.against_retrieval == "similar":
        return f"{copying}效果相近（{figure}）。"
    return f"{copying}效果更差（{figure}）。"


def _json(findings: WritingFindings) -> str:
    if findings.valid_json is None:
        return ""
    return f"它的回答中有 {percent(round(findings.valid_json, 3))}% 是有效的 JSON。"


def _manner(findings: WritingFindings) -> str:
    penalty, bias = findings.decoding.frequency_penalty, findings.decoding.stop_bias
    faults = ["会原地打转"] * bool(penalty) + ["回答比数据中的简短"] * bool(bias)
    cures = [f"频率惩罚 {penalty:g}"] * bool(penalty) + [f"结束偏置 {bias:g}"] * bool(bias)
    if not faults:
        return ""
    return f"不加限制时它有时{'，'.join(faults)}：因此它以{'和'.join(cures)}回答，这里的两个模型都是如此。"


def _memorised(findings: WritingFindings) -> str:
    count = findings.memorisation.answers
    return f"有 {count:,} 个回答与训练数据中的答案一字不差。" if count else ""


def _unread(findings: WritingFindings) -> str:
    if not findings.unread:
        return ""
    return f"时间只够学习训练数据的 {percent(findings.share)}%：时间预算更大时可能会更好。"


def _caution(findings: WritingFindings) -> str:
    return f"回答只有 {findings.answered_rows} 个，这些数字很粗略。" if findings.few_answers else ""


def _knowledge(findings: WritingFindings) -> str:
    return "这种大小的模型学到的是答案的形式，而不是事实：请核对它说的内容。" if findings.knows_little else ""
