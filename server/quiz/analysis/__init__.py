"""Item analysis: what the marks of a quiz say about its questions, by Moodle's definitions. Pure NumPy.

What each figure means and how to act on it is in docs/item-analysis.md. A figure that is not defined for the marks at
hand (a division by a variance of zero, one participant alone) is None, never 0 and never NaN.
"""

from __future__ import annotations

from server.quiz.analysis.distractors import Choice, distractors
from server.quiz.analysis.items import ItemFigures
from server.quiz.analysis.quiz import Analysis, QuizFigures, analyse

__all__ = ["Analysis", "Choice", "ItemFigures", "QuizFigures", "analyse", "distractors"]
