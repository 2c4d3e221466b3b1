"""Words that people use as names of columns, and what such a column usually holds."""

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


TEXT_NAMES = _words(
    """
    text texts content contents message messages msg body comment comments review reviews sentence sentences
    question query utterance description tweet post title subject document doc passage input sms email
    feedback complaint request ticket headline abstract paragraph prompt 文本 内容 正文 评论 评价 句子 问题
    消息 留言 描述 标题 短信 反馈 工单 文字 內容 評論 訊息 本文 テキスト 내용 텍스트 texto texte mensaje
    kommentar nachricht frage
    """
)
TITLE_NAMES = _words(
    """
    subject title headline summary 主题 标题 標題 件名 titel betreff titre objet asunto titulo
    """
)
LABEL_NAMES = _words(
    """
    label labels category categories class classes intent topic sentiment target tag y queue department
    emotion polarity rating type stars priority status spam outcome 标签 类别 分类 意图 情感 类型 主题 标注
    情绪 標籤 類別 分類 ラベル カテゴリ 레이블 라벨 etiqueta categoria catégorie kategorie etikett
    """
)
# The best of the label names first: two label-like columns are told apart by them.
STRONG_LABEL_NAMES = _words(
    """
    label labels category class intent topic sentiment target 标签 类别 分类 意图 情感 標籤 類別 分類
    """
)
ID_NAMES = _words(
    """
    id ids uuid guid key index idx no nr number row rowid ref reference sku isbn url link uri email phone
    user username userid author hash 编号 序号 编码 电话 邮箱 用户 編號 序號
    """
)
DATE_NAMES = _words(
    """
    date time datetime timestamp created updated created_at updated_at day month year 日期 时间 時間
    创建时间 更新时间
    """
)
LANGUAGE_NAMES = _words(
    """
    lang language locale langue idioma sprache 语言 語言 语种
    """
)
SPLIT_NAMES = _words(
    """
    split set subset partition fold dataset 划分 数据集 集合
    """
)
SPLIT_VALUES = _words(
    """
    train training test testing val valid validation dev development eval evaluation holdout 训练 测试 验证
    训练集 测试集 验证集
    """
)
TRAIN_VALUES = _words("train training 训练 训练集")
OTHER_NAMES = _words(
    """
    name first last age gender sex city country address zip value score price amount count source quantity
    code answer response instruction output completion chosen rejected preferred
    a b c x v1 v2 col1 col2 column1 column2 姓名 名称 名字 年龄 性别 城市 国家 地址 答案 名前 年齢 이름 나이
    """
)
KNOWN_NAMES = TEXT_NAMES | LABEL_NAMES | ID_NAMES | DATE_NAMES | LANGUAGE_NAMES | SPLIT_NAMES | OTHER_NAMES
WORDS = re.compile(r"[^\W_]+")
CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def words_of(name: str) -> list[str]:
    """`customerMessage_text` is customer, message, text."""
    return [word.casefold() for word in WORDS.findall(CAMEL.sub(" ", name))]


def is_known_name(cell: str) -> bool:
    """Whether a header cell is, or is made of, words that name columns."""
    words = words_of(cell)
    known = cell.strip().casefold() in KNOWN_NAMES or any(word in KNOWN_NAMES for word in words)
    return known and len(words) <= 4


def hints_at(name: str, names: frozenset[str]) -> bool:
    """Whether one of the words of `name`, singular or plural, is among `names`."""
    return any(word in names or (word.endswith("s") and word[:-1] in names) for word in words_of(name))
