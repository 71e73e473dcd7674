"""Whether more or less of a metric is better, guessed from its name."""

import re
from functools import lru_cache

_HIGH = re.compile(
    r"(?:^|[_\W])(acc|accuracy|auc|roc_?auc|pr_?auc|f1|f_?beta|precision|recall|sensitivity|"
    r"specificity|r2|r_squared|score|map|ndcg|mrr|bleu|rouge\w*|iou|dice|mcc|kappa|hit_?rate|"
    r"explained_variance|top_?\d+|throughput)(?:$|[_\W\d])"
)  # fmt: skip
_LOW = re.compile(
    r"(?:^|[_\W])(loss|error|err|mse|rmse|mae|mape|smape|rmsle|msle|logloss|log_loss|perplexity|"
    r"ppl|wer|cer|fid|latency|time|duration|brier|hinge|deviance|fpr|fnr|size)(?:$|[_\W\d])"
)


@lru_cache(maxsize=4096)
def better(name: str) -> int:
    """1 when more is better in a metric of this name, -1 when less is, 0 when nobody knows."""
    # Camel case and percent signs are how people write names, too.
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name[:200]).lower()
    low, high = _LOW.search(plain), _HIGH.search(plain)
    if low:
        return -1
    return 1 if high else 0
