"""What the form for a new question begins with: a small whole question of each kind."""

from __future__ import annotations

from server.quiz.question import Kind

_FACTS = """\
[[question]]
id = "{id}"
kind = "{kind}"
title = "{title}"
difficulty = 1
"""

_SINGLE = (
    _FACTS.format(id="stride-and-size", kind="single", title="Stride and size")
    + """\
stem = '''
What does a larger stride do to the output?
'''
explanation = 'The window takes larger steps, so it stands at fewer places.'

[[question.option]]
text = "The output gets smaller."
right = true
why = "Right: the window stands at fewer places."

[[question.option]]
text = "The output gets larger."
why = "A larger stride means fewer steps, not more."

[[question.option]]
text = "The output keeps its size."
why = "Only a stride of 1 with enough padding keeps the size."
"""
)

_MULTIPLE = (
    _FACTS.format(id="layers-with-weights", kind="multiple", title="Layers with weights")
    + """\
scoring = "net_correct"
stem = '''
Which of these layers have weights to learn?
'''
explanation = 'Only layers that multiply by learned numbers have weights.'

[[question.option]]
text = "Convolution"
right = true
why = "Right: the kernels."

[[question.option]]
text = "Fully connected"
right = true
why = "Right: one weight for each input and unit."

[[question.option]]
text = "Max pooling"
why = "It takes the largest value; there is nothing to learn."

[[question.option]]
text = "ReLU"
why = "It is the same function for every input."
"""
)

_TRUE_FALSE = (
    _FACTS.format(id="pooling-learns", kind="true_false", title="Does pooling learn?")
    + """\
stem = '''
Max pooling has parameters that are learned.
'''
right = false
why_true = "It takes the largest value; there is nothing to learn."
why_false = "Right: it has an extent, a stride and a type, and nothing to learn."
explanation = 'Extent, stride and type are chosen, not learned.'
"""
)

_NUMERIC = (
    _FACTS.format(id="weights-of-a-layer", kind="numeric", title="Weights of a layer")
    + """\
stem = '''
A layer has $<<f>>$ filters of $<<k>>\\times<<k>>$ on an image with $<<c>>$ channels. How many weights are that,
without biases?
'''
explanation = 'Each filter has a weight for every channel and position: $<<f>>\\cdot<<k>>^2\\cdot<<c>> = <<out>>$.'

[question.draw]
f = { from = 2, to = 9 }
k = { choice = [3, 5, 7] }
c = { choice = [1, 3, 4] }
out = "f * k**2 * c"

[[question.answer]]
value = "out"
why = "Right: filters times positions times channels."

[[question.answer]]
value = "f * k**2 + f"
fraction = 0
why = "The channels are missing, and biases were not asked for."
"""
)

BEGINNINGS: dict[Kind, str] = {
    Kind.SINGLE: _SINGLE,
    Kind.MULTIPLE: _MULTIPLE,
    Kind.TRUE_FALSE: _TRUE_FALSE,
    Kind.NUMERIC: _NUMERIC,
}
