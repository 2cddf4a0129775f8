"""The contract of `petitions` (信访事项): one row per case. The text of a petition never enters."""

from __future__ import annotations

from pipelines.contracts.base import REGION_HEADERS, Column, Contract, Restriction, Value
from pipelines.contracts.rules import date_order

_SATISFACTION = (
    Value("满意", "satisfied"),
    Value("基本满意", "rather satisfied"),
    Value("不满意", "dissatisfied"),
    Value("未评价", "not evaluated"),
)
_OUTCOME = (
    Value("维持", "upheld", ("维持原意见",)),
    Value("变更", "changed"),
    Value("撤销", "revoked", ("撤消",)),
)
_CLAUSES = "一二三四五六"
_PROCEDURES = tuple(
    Value(
        number,
        f"article 31({number})",
        (
            f"第{zh}项",
            f"{number}项",
            f"31条{number}项",
            f"31条第{number}项",
            f"第31条第{number}项",
            f"第三十一条第{zh}项",
            f"条例31条{number}项",
            f"31({number})",
        ),
    )
    for number, zh in enumerate(_CLAUSES, start=1)
)

_COLUMNS = (
    Column(
        "case_id",
        "code",
        "信访件编号",
        "Case id",
        "XF530102-2019-000001",
        ("信访编号", "信访事项编号"),
        required=True,
    ),
    Column(
        "region",
        "region",
        "问题属地",
        "Region",
        "五华区",
        (*REGION_HEADERS, "地区", "区域"),
        required=True,
    ),
    Column(
        "channel",
        "enum",
        "信访渠道",
        "Channel",
        "网上",
        ("渠道", "信访形式"),
        values=(
            Value("网上", "online", ("网络", "网上信访", "网信")),
            Value("来信", "letter", ("信件",)),
            Value("来访", "visit", ("走访",)),
            Value("来电", "telephone", ("电话",)),
        ),
    ),
    Column(
        "case_type",
        "enum",
        "事项类型",
        "Case type",
        "申诉求决",
        ("信访类型", "信访目的", "类型"),
        values=(
            Value("申诉求决", "claim", ("申诉", "求决")),
            Value("建议意见", "suggestion", ("意见建议",)),
            Value("检举控告", "accusation", ("检举", "控告", "控告检举")),
            Value("其他", "other", ("其它",)),
        ),
    ),
    Column(
        "procedure",
        "enum",
        "办理程序",
        "Procedure",
        "6",
        ("条例31条", "31条项", "办理方式", "程序"),
        values=_PROCEDURES,
        note_zh="《信访工作条例》第三十一条的第几项，填 1 至 6。",
        note_en="Clause of article 31, 1 to 6.",
    ),
    Column(
        "persons",
        "int",
        "信访人数",
        "Persons",
        "1",
        ("人数",),
        suffixes=("人",),
        minimum=0,
        maximum=1_000_000,
    ),
    Column("field", "text", "领域", "Field", "政府采购", ("所属领域",), limit=30),
    Column("category", "text", "内容分类", "Category", "城乡建设", ("问题分类", "内容类别"), limit=50),
    Column(
        "registered_date",
        "date",
        "登记日期",
        "Registered date",
        "2019-01-05",
        ("登记时间", "信访日期"),
        required=True,
        month_form=True,
    ),
    Column(
        "transferred_date", "date", "转送日期", "Transferred date", "2019-01-10", ("转送时间", "转送交办日期")
    ),
    Column(
        "unit_received_date", "date", "责任单位收到日期", "Unit received date", "2019-01-12", ("收到日期",)
    ),
    Column("informed_date", "date", "告知日期", "Informed date", "2019-01-20", ("受理告知日期", "告知时间")),
    Column("accepted_date", "date", "受理日期", "Accepted date", "2019-01-20", ("受理时间",)),
    Column("extended", "bool", "是否延期", "Extended", "否", ("延期",)),
    Column("closed_date", "date", "办结日期", "Closed date", "2019-03-01", ("办结时间", "答复日期")),
    Column(
        "not_accepted_reason", "text", "不予受理原因", "Reason not accepted", "", ("不受理原因",), limit=60
    ),
    Column("returned", "bool", "是否退回", "Returned", "否", ("退回",)),
    Column(
        "repeat_flag",
        "enum",
        "初重件",
        "Repeat flag",
        "初件",
        ("初重访标志", "重复标志"),
        values=(
            Value("初件", "first", ("初次", "初信初访", "初访")),
            Value("重件", "repeat", ("重复", "重复件", "重访")),
        ),
    ),
    Column("evaluable", "bool", "是否可评价", "Evaluable", "是", ("可评价", "纳入评价")),
    Column(
        "eval_office",
        "enum",
        "对信访部门评价",
        "Evaluation of the office",
        "满意",
        ("信访部门评价",),
        values=_SATISFACTION,
    ),
    Column(
        "eval_unit",
        "enum",
        "对责任单位评价",
        "Evaluation of the unit",
        "基本满意",
        ("责任单位评价", "满意度"),
        values=_SATISFACTION,
    ),
    Column("recheck_result", "enum", "复查结果", "Recheck result", "维持", ("复查意见",), values=_OUTCOME),
    Column("review_result", "enum", "复核结果", "Review result", "变更", ("复核意见",), values=_OUTCOME),
    Column(
        "integrity_related",
        "bool",
        "是否涉政务诚信",
        "Integrity related",
        "否",
        ("涉政务诚信", "涉及政务诚信"),
    ),
    Column(
        "recorded_at",
        "date",
        "数据记录日期",
        "Recorded at",
        "2019-06-30",
        ("记录日期", "数据日期", "更新日期"),
    ),
)

PETITIONS = Contract(
    source="petitions",
    zh="信访事项",
    en="Petitions",
    version="1",
    columns=_COLUMNS,
    key=("case_id",),
    period_columns=("registered_date",),
    # 信访工作条例 art. 30: of an accusation nothing but its existence is kept.
    restriction=Restriction(
        "case_type", "检举控告", ("case_id", "region", "registered_date", "case_type", "recorded_at")
    ),
    between=(
        date_order("transferred_date", "registered_date"),
        date_order("unit_received_date", "transferred_date"),
        date_order("informed_date", "unit_received_date"),
        date_order("accepted_date", "registered_date"),
        date_order("closed_date", "accepted_date"),
        date_order("closed_date", "registered_date"),
    ),
)
