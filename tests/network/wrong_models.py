"""Wrong models and what a person reads about each: the whole message, line, caret and help included."""

from __future__ import annotations

from typing import NamedTuple

from spikeq.errors import (
    ClockError,
    ConnectionError,
    DimensionError,
    EquationSyntaxError,
    KindError,
    LimitError,
    MethodError,
    ModelError,
    NameConflictError,
    NetworkError,
    NotFiniteError,
    ShapeError,
    SpikeqError,
    UnknownAttributeError,
    UnknownNameError,
    UnsupportedError,
    ValueRangeError,
)


class Wrong(NamedTuple):
    """A mistake: what is wrong, the code, the class of the error, and its text."""

    what: str
    code: str
    error: type[SpikeqError]
    message: str


# What every piece of code below begins with.
BEGINNING = """import math
import numpy as np
from spikeq import *
from spikeq.network.link import linked_var
from spikeq.units import *

LIF = 'dv/dt = (v_rest - v)/tau : volt'
VALUES = dict(v_rest=-65*mV, tau=10*ms)

def cells(N=3, model=LIF, threshold='v > -50*mV', reset='v = v_rest', name='cells', namespace=VALUES, **options):
    return NeuronGroup(N, model, threshold=threshold, reset=reset, name=name, namespace=namespace, **options)

def run(*objects, **options):
    Network(*objects, **options).run(3*ms)

def links(G, model='w : volt', on_pre='v_post += w', **options):
    return Synapses(G, G, model, on_pre=on_pre, name='links', **options)

def connected(G, *arguments, **options):
    S = links(G, *arguments, **options)
    S.connect()
    return S

G = cells()
"""

TABLE = (
    Wrong(
        "a missing bracket",
        "cells(model='dv/dt = (v_rest - v/tau : volt')",
        EquationSyntaxError,
        """
        This opening bracket is never closed.

          NeuronGroup 'cells', line 1
            dv/dt = (v_rest - v/tau : volt
                    ^
          Add the missing ')', or delete the '('.
        """,
    ),
    Wrong(
        "a wrong unit of dv/dt",
        "run(cells(model='dv/dt = v_rest - v : volt'))",
        DimensionError,
        """
        dv/dt must be in volt/second, but its right side is in volt.

          NeuronGroup 'cells', line 1
            dv/dt = v_rest - v : volt
                    ^^^^^^^^^^
          Divide by a time constant, for example (v_rest - v)/tau.
        """,
    ),
    Wrong(
        "an unknown name",
        "run(cells(model='dv/dt = (v_rst - v)/tau : volt'))",
        UnknownNameError,
        """
        Nothing is called 'v_rst'.

          NeuronGroup 'cells', line 1
            dv/dt = (v_rst - v)/tau : volt
                     ^^^^^
          Did you mean v_rest?
        """,
    ),
    Wrong(
        "an unknown name in the second line",
        r"""
        run(cells(model=LIF + '\ndw/dt = -w/tua : 1'))
        """,
        UnknownNameError,
        """
        Nothing is called 'tua'.

          NeuronGroup 'cells', line 2
            dw/dt = -w/tua : 1
                       ^^^
          Did you mean tau or tan?
        """,
    ),
    Wrong(
        "an unknown name in the threshold",
        "run(cells(threshold='v > v_thres'))",
        UnknownNameError,
        """
        Nothing is called 'v_thres'.

          NeuronGroup 'cells', threshold, line 1
            v > v_thres
                ^^^^^^^
          Did you mean v_rest?
        """,
    ),
    Wrong(
        "a value with a unit in a function of numbers",
        "run(cells(model='dv/dt = (v_rest - v)/tau*exp(v) : volt'))",
        DimensionError,
        """
        The argument of exp must be a plain number, but v is in volt.

          NeuronGroup 'cells', line 1
            dv/dt = (v_rest - v)/tau*exp(v) : volt
                                         ^
          Divide v by a unit of volt.
        """,
    ),
    Wrong(
        "a number instead of a unit",
        "cells(model='dv/dt = (v_rest - v)/tau : 3*ms')",
        EquationSyntaxError,
        """
        '3' cannot stand in a unit.

          NeuronGroup 'cells', line 1
            dv/dt = (v_rest - v)/tau : 3*ms
                                       ^
          Use units only; a plain number has the unit 1.
        """,
    ),
    Wrong(
        "a misspelled unit",
        "cells(model='v : vlt')",
        EquationSyntaxError,
        """
        'vlt' is not a unit.

          NeuronGroup 'cells', line 1
            v : vlt
                ^^^
          Declare a base unit such as volt, amp, siemens, second or hertz, or 1, boolean, integer.
        """,
    ),
    Wrong(
        "no unit",
        "cells(model='dv/dt = -v/tau')",
        EquationSyntaxError,
        """
        This equation has no unit.

          NeuronGroup 'cells', line 1
            dv/dt = -v/tau
                       ^^^
          End the equation with a colon and its unit, for example ' : volt' or ' : 1'.
        """,
    ),
    Wrong(
        "a variable twice",
        r"""
        cells(model='v : 1\nv : 1')
        """,
        NameConflictError,
        """
        v is defined twice.

          NeuronGroup 'cells', line 2
            v : 1
            ^^^^^
          Delete or rename one.
        """,
    ),
    Wrong(
        "an unknown flag",
        "cells(model='v : 1 (refractory)')",
        EquationSyntaxError,
        """
        A parameter (name : unit) cannot have the flag 'refractory'.

          NeuronGroup 'cells', line 1
            v : 1 (refractory)
                   ^^^^^^^^^^
          Its flags are: constant, shared, linked, per row.
        """,
    ),
    Wrong(
        "a flag that goes with synapses",
        "cells(model='dv/dt = -v/tau : volt (event-driven)')",
        ModelError,
        """
        The differential equation of v cannot be 'event-driven' in a NeuronGroup.

          NeuronGroup 'cells', line 1
            dv/dt = -v/tau : volt (event-driven)
            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          Allowed here: unless refractory.
        """,
    ),
    Wrong(
        "subexpressions in a circle",
        r"""
        cells(model='a = b : 1\nb = a : 1')
        """,
        ModelError,
        """
        a is defined by itself: a -> b -> a.

          NeuronGroup 'cells', line 1
            a = b : 1
            ^^^^^^^^^
          Make one of them a parameter or a differential equation.
        """,
    ),
    Wrong(
        "a threshold that is a number",
        "run(cells(threshold='v - 3*mV'))",
        KindError,
        """
        a threshold must be true or false, but v - 3*mV is a number.

          NeuronGroup 'cells', threshold, line 1
            v - 3*mV
            ^^^^^^^^
          Compare it with something, for example 'v > v_threshold'.
        """,
    ),
    Wrong(
        "a threshold that is a quantity",
        "cells(threshold=5*mV)",
        KindError,
        """
        threshold must be a string, not Quantity.

          NeuronGroup 'cells'
          Write the code in quotes.
        """,
    ),
    Wrong(
        "a chained comparison",
        "cells(threshold='-60*mV < v < -50*mV')",
        EquationSyntaxError,
        """
        Comparisons cannot be chained.

          NeuronGroup 'cells', threshold, line 1
            -60*mV < v < -50*mV
                       ^
          Write a < b and b < c.
        """,
    ),
    Wrong(
        "a number among conditions",
        "run(cells(threshold='v/mV and 3'))",
        KindError,
        """
        'and' joins conditions, but v/mV is a number.

          NeuronGroup 'cells', threshold, line 1
            v/mV and 3
            ^^^^
          Compare it with something, for example 'v/mV > 0'.
        """,
    ),
    Wrong(
        "a reset without a threshold",
        "cells(threshold=None)",
        ModelError,
        """
        A reset needs a threshold.

          NeuronGroup 'cells'
          Give threshold= as well.
        """,
    ),
    Wrong(
        "a reset of an unknown variable",
        "run(cells(reset='vv += v_rest'))",
        UnknownNameError,
        """
        vv has no value yet that '+=' could change.

          NeuronGroup 'cells', reset, line 1
            vv += v_rest
            ^^
          Declare vv in the equations.
        """,
    ),
    Wrong(
        "a reset in other units",
        "run(cells(reset='v = 3'))",
        DimensionError,
        """
        v is in volt, but the value after '=' is a plain number.

          NeuronGroup 'cells', reset, line 1
            v = 3
                ^
          Give the number a unit: 3*volt.
        """,
    ),
    Wrong(
        "a reset of the time",
        "run(cells(reset='t = 3*ms'))",
        NameConflictError,
        """
        't' cannot be the name of a variable: it has a meaning of its own in every model.

          NeuronGroup 'cells', reset, line 1
            t = 3*ms
            ^
          Choose another name, for example 't_0'.
        """,
    ),
    Wrong(
        "a reset of what spikeq sets",
        "run(cells(refractory=2*ms, reset='lastspike = 0*ms'))",
        ModelError,
        """
        lastspike cannot be assigned to: it is set by spikeq itself.

          NeuronGroup 'cells', reset, line 1
            lastspike = 0*ms
            ^^^^^^^^^
          Assign to another variable.
        """,
    ),
    Wrong(
        "a refractory period in volt",
        "cells(refractory=5*mV)",
        KindError,
        """
        refractory must be a time or a string, but it is in volt.

          NeuronGroup 'cells'
          Write for example 5*ms.
        """,
    ),
    Wrong(
        "a refractory period without a unit",
        "cells(refractory=5)",
        KindError,
        """
        refractory must be a time or a string, but it is a plain number.

          NeuronGroup 'cells'
          Write for example 5*ms.
        """,
    ),
    Wrong(
        "a negative refractory period",
        "cells(refractory=-5*ms)",
        ValueRangeError,
        """
        refractory must be one time of at least 0 s, but it is -5. ms.

          NeuronGroup 'cells'
          For a time per neuron, declare a parameter in second and name it: refractory='tau_ref'.
        """,
    ),
    Wrong(
        "a refractory string in volt",
        "run(cells(refractory='v'))",
        DimensionError,
        """
        refractory must be a time in second or a condition, but it is in volt.

          NeuronGroup 'cells', refractory, line 1
            v
            ^
          Write a time such as 5*ms, or a comparison such as 'v > -20*mV'.
        """,
    ),
    Wrong(
        "two arguments for one",
        "run(cells(model='dv/dt = (v_rest - v)/tau*exp(1, 2) : volt'))",
        EquationSyntaxError,
        """
        exp takes 1 argument, not 2.

          NeuronGroup 'cells', line 1
            dv/dt = (v_rest - v)/tau*exp(1, 2) : volt
                                     ^^^^^^^^^
        """,
    ),
    Wrong(
        "a function that there is not",
        "run(cells(model='dv/dt = (v_rest - v)/tau*expo(1) : volt'))",
        UnknownNameError,
        """
        Nothing is called 'expo'.

          NeuronGroup 'cells', line 1
            dv/dt = (v_rest - v)/tau*expo(1) : volt
                                     ^^^^^^^
          Did you mean exp or expm1 or exprel?
        """,
    ),
    Wrong(
        "a Python function in a string",
        "run(cells(model='dv/dt = (v_rest - f(v))/tau : volt', namespace=dict(VALUES, f=abs)))",
        UnsupportedError,
        """
        f is a Python function, which strings cannot call.

          NeuronGroup 'cells', line 1
            dv/dt = (v_rest - f(v))/tau : volt
                              ^^^^
          Write it in the language: f = Function('f(x) = x**2'), or use a TimedArray.
        """,
    ),
    Wrong(
        "a look-alike letter",
        r"""
        cells(model='dv/dt = (v_rest - v)/t\u0430u : volt')
        """,
        EquationSyntaxError,
        """
        The letter 'а' (CYRILLIC SMALL LETTER A) is not one of the English keyboard's.

          NeuronGroup 'cells', line 1
            dv/dt = (v_rest - v)/tаu : volt
                                  ^
          Write names with the letters a to z and A to Z, numbers with the digits 0 to 9.
        """,
    ),
    Wrong(
        "Python hidden in a string",
        r"""
        cells(threshold='__import__("os").system("true")')
        """,
        EquationSyntaxError,
        """
        The name '__import__' begins with an underscore, which is kept for internal use.

          NeuronGroup 'cells', threshold, line 1
            __import__("os").system("true")
            ^^^^^^^^^^
          Begin the name with a letter.
        """,
    ),
    Wrong(
        "a giant power",
        "run(cells(reset='v = 9**9**9**9*mV'))",
        ValueRangeError,
        """
        9**9**9 is no finite number.

          NeuronGroup 'cells', reset, line 1
            v = 9**9**9**9*mV
                   ^^^^^^^
          Write 'inf' if infinity is meant.
        """,
    ),
    Wrong(
        "an unknown method",
        "run(cells(method='eulr'))",
        MethodError,
        """
        There is no method 'eulr'.

          NeuronGroup 'cells', method
          Did you mean 'euler'? There are: euler, exact, exponential_euler, heun, linear, milstein, rk2, rk4.
        """,
    ),
    Wrong(
        "a method that is a number",
        "cells(method=3)",
        KindError,
        """
        method must be the name of an integration method, not 3.

          NeuronGroup 'cells'
          Write for example 'exact'.
        """,
    ),
    Wrong(
        "noise that depends on the state with euler",
        "run(cells(model='dv/dt = (v_rest - v)/tau + v*xi*tau**-0.5 : volt'))",
        MethodError,
        """
        euler cannot integrate dv/dt: the factor of xi depends on the state or on time.

          NeuronGroup 'cells', method, line 1
            dv/dt = (v_rest - v)/tau + v*xi*tau**-0.5 : volt
                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          Use method='heun' or, with one noise per equation, method='milstein'.
        """,
    ),
    Wrong(
        "noise of the wrong unit",
        "run(cells(model='dv/dt = (v_rest - v)/tau + v_rest*xi/tau : volt'))",
        DimensionError,
        """
        (v_rest - v)/tau + v_rest*xi/tau adds volt/second and metre**2*kilogram/(second**(9/2)*amp).

          NeuronGroup 'cells', line 1
            dv/dt = (v_rest - v)/tau + v_rest*xi/tau : volt
                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          Both sides need the same units.
        """,
    ),
    Wrong(
        "xi in two equations",
        r"""
        run(cells(model='dv/dt = v_rest*xi*tau**-0.5 : volt\ndu/dt = xi*tau**-0.5 : 1'))
        """,
        ModelError,
        """
        xi stands in the equations of v and u.

          NeuronGroup 'cells', line 2
            du/dt = xi*tau**-0.5 : 1
                    ^^
          Name it: xi_a and xi_b for independent noise, xi_a in both for the same.
        """,
    ),
    Wrong(
        "an exact solution that there is not",
        "run(cells(model='dv/dt = (v_rest - v)*v/tau/mV : volt', method='exact'))",
        MethodError,
        """
        exact cannot integrate dv/dt: it is not linear in v.

          NeuronGroup 'cells', method, line 1
            dv/dt = (v_rest - v)*v/tau/mV : volt
                    ^^^^^^^^^^^^^^^^^^^^^
          Use method='exponential_euler', 'rk4' or 'euler'.
        """,
    ),
    Wrong(
        "a model that is a list",
        "NeuronGroup(3, ['v : 1'])",
        KindError,
        """
        model must be a string, not list.

          NeuronGroup 'neurongroup'
          Write the code in quotes.
        """,
    ),
    Wrong(
        "a size in quotes",
        "NeuronGroup('3', 'v : 1')",
        ShapeError,
        """
        The number of neurons must be a whole number of at least 1, not '3'.

          NeuronGroup 'neurongroup'
        """,
    ),
    Wrong(
        "no neurons",
        "cells(0)",
        ShapeError,
        """
        The number of neurons must be a whole number of at least 1, not 0.

          NeuronGroup 'cells'
        """,
    ),
    Wrong(
        "a namespace that is no dictionary",
        "cells(namespace=3)",
        KindError,
        """
        namespace must be a dictionary, not int.

          NeuronGroup 'cells'
          Write namespace={'tau': 10*ms}.
        """,
    ),
    Wrong(
        "text as a value",
        "run(cells(namespace=dict(v_rest='-65', tau=10*ms)))",
        KindError,
        """
        v_rest is a str, which has no value in a string.

          NeuronGroup 'cells', line 1
            dv/dt = (v_rest - v)/tau : volt
                     ^^^^^^
          Give a number, a quantity, an array, a TimedArray or a Function.
        """,
    ),
    Wrong(
        "NaN as a value",
        "run(cells(namespace=dict(v_rest=math.nan*mV, tau=10*ms)))",
        ValueRangeError,
        """
        v_rest is NaN.

          NeuronGroup 'cells', line 1
            dv/dt = (v_rest - v)/tau : volt
                     ^^^^^^
          Give it a number.
        """,
    ),
    Wrong(
        "an array of another length as a value",
        "run(cells(namespace=dict(v_rest=np.zeros(5)*mV, tau=10*ms)))",
        ShapeError,
        """
        v_rest has the shape [5], but there are 3 elements.

          NeuronGroup 'cells'
          Give one number, or one for each.
        """,
    ),
    Wrong(
        "a name with a blank",
        "cells(name='my cells')",
        NameConflictError,
        """
        'my cells' cannot be a name.
          Use letters, digits and underscores, and begin with a letter.
        """,
    ),
    Wrong(
        "an event with a blank",
        "cells(events={'my burst': 'v > 0*mV'})",
        NameConflictError,
        """
        'my burst' cannot be a name.
          Use letters, digits and underscores, and begin with a letter.
        """,
    ),
    Wrong(
        "events that are no dictionary",
        "cells(events='burst')",
        KindError,
        """
        events must be a dictionary, not str.

          NeuronGroup 'cells'
          Write events={'name': 'v > 10*mV'}.
        """,
    ),
    Wrong(
        "code for an unknown event",
        "G.run_on_event('burst', 'v = 0*mV')",
        UnknownNameError,
        """
        There is no event 'burst'.

          NeuronGroup 'cells'
          The events are: spike.
        """,
    ),
    Wrong(
        "a misspelled variable",
        "G.vv = 3*mV",
        UnknownAttributeError,
        """
        cells has no variable 'vv'. Did you mean 'v'?

          NeuronGroup 'cells'
          To keep something of your own here, call add_attribute(name) first.
        """,
    ),
    Wrong(
        "a misspelled variable, read",
        "G.vv",
        UnknownAttributeError,
        """
        cells has no variable 'vv'. Did you mean 'v'?

          NeuronGroup 'cells'
        """,
    ),
    Wrong(
        "an assignment in other units",
        "G.v = 3*ms",
        DimensionError,
        """
        cells.v is in volt, but the value is in second.
          Give a value in volt, or assign plain SI numbers to cells.v_.
        """,
    ),
    Wrong(
        "an assignment without a unit",
        "G.v = 3",
        DimensionError,
        """
        cells.v is in volt, but the value is a plain number.
          Give a value in volt, or assign plain SI numbers to cells.v_.
        """,
    ),
    Wrong(
        "a string in other units",
        "G.v = '3*ms'",
        DimensionError,
        """
        v must be in volt, but 3*ms is in second.

          NeuronGroup 'cells', v, line 1
            3*ms
            ^^^^
          Check that every factor is there: the units must come out as volt.
        """,
    ),
    Wrong(
        "an unknown name in an assigned string",
        "G.v = 'v_start'",
        UnknownNameError,
        """
        Nothing is called 'v_start'.

          NeuronGroup 'cells', v, line 1
            v_start
            ^^^^^^^
          Did you mean v_rest?
        """,
    ),
    Wrong(
        "too few values",
        "G.v = [1, 2]*mV",
        ShapeError,
        """
        cells.v takes one value or 3 here, but the value has shape [2].
          Give one value for all elements or one for each.
        """,
    ),
    Wrong(
        "text for numbers",
        "G.v = ['a', 'b', 'c']",
        KindError,
        """
        'a' is not a number.

          cells.v
          Give a number, an array or a quantity such as 10*mV.
        """,
    ),
    Wrong(
        "NaN for a parameter",
        "G.v = math.nan*mV",
        ValueRangeError,
        """
        The value for cells.v contains NaN.
          Replace it by a number.
        """,
    ),
    Wrong(
        "infinity at the start",
        r"""
        G.v = math.inf*mV
        run(G)
        """,
        ValueRangeError,
        """
        cells.v of element 0 is not finite at the start of the run.
          Give every integrated variable a finite initial value.
        """,
    ),
    Wrong(
        "an index out of range",
        "G.v[3] = 1*mV",
        ShapeError,
        """
        Index 3 is out of range: cells has 3 elements.
          Elements count from 0.
        """,
    ),
    Wrong(
        "a number as a condition",
        "G.v['i + 3'] = 3*mV",
        KindError,
        """
        an index must be true or false, but i + 3 is a number.

          NeuronGroup 'cells', line 1
            i + 3
            ^^^^^
          Compare it with something, for example 'v > v_threshold'.
        """,
    ),
    Wrong(
        "a subgroup out of range",
        "G[1:9]",
        ShapeError,
        """
        The subgroup [1:9] is empty or out of range: there are 3 neurons.

          NeuronGroup 'cells'
          Choose a range inside the group.
        """,
    ),
    Wrong(
        "a subgroup with gaps",
        "G[[0, 2]]",
        ShapeError,
        """
        A subgroup is a run of neurons.

          NeuronGroup 'cells'
          Write a slice such as G[10:20].
        """,
    ),
    Wrong(
        "a state that grows without bounds",
        r"""
        G = cells(model='dv/dt = v*exp(v/mV)/tau : volt', threshold=None, reset=None)
        G.v[1] = 300*mV
        run(G)
        """,
        NotFiniteError,
        """
        cells.v of element 1 became NaN or infinite before t = 0.003 s.
          Try a smaller dt or another method=; Network(check_finite=None) turns this check off.
        """,
    ),
    Wrong(
        "a linked variable of another size",
        r"""
        H = NeuronGroup(5, 'x : volt (linked)', name='H')
        H.x = linked_var(G, 'v')
        """,
        ShapeError,
        """
        cells.v has 3 values, but the group has 5 neurons.

          NeuronGroup 'H'
          Give index=, which says for each neuron which value it takes.
        """,
    ),
    Wrong(
        "a linked variable of another unit",
        r"""
        H = NeuronGroup(3, 'x : amp (linked)', name='H')
        H.x = linked_var(G, 'v')
        """,
        KindError,
        """
        x is in amp, but cells.v is in volt.

          NeuronGroup 'H'
          Link variables of the same unit and kind.
        """,
    ),
    Wrong(
        "a linked variable that is not declared so",
        r"""
        H = NeuronGroup(3, 'x : volt', name='H')
        H.x = linked_var(G, 'v')
        """,
        ModelError,
        """
        x is not declared (linked).

          NeuronGroup 'H'
          Write 'x : unit (linked)'.
        """,
    ),
    Wrong(
        "a linked variable without a link",
        "NeuronGroup(3, 'x : amp (linked)', name='H').x[:]",
        NetworkError,
        """
        x is declared (linked), but not linked to anything.

          NeuronGroup 'H'
          Write G.x = linked_var(other, 'x').
        """,
    ),
    Wrong(
        "a negative time step",
        "Network(dt=-1*ms)",
        ClockError,
        """
        dt must be positive, but it is -0.001 s.
          Write for example dt=0.1*ms.
        """,
    ),
    Wrong(
        "a time step of zero",
        "cells(dt=0*ms)",
        ClockError,
        """
        dt must be positive, but it is 0.0 s.
          Write for example dt=0.1*ms.
        """,
    ),
    Wrong(
        "a time step without a unit",
        "Network(dt=1)",
        DimensionError,
        """
        dt must be a time in second, but it is a plain number.
          Write for example 1*ms.
        """,
    ),
    Wrong(
        "a time step in quotes",
        "Network(dt='1*ms')",
        KindError,
        """
        dt must be one time, not '1*ms'.
          Write for example 1*ms, without quotes.
        """,
    ),
    Wrong(
        "clocks without a common step",
        "run(cells(dt=1*ms), cells(dt=math.pi*ms, name='others'))",
        ClockError,
        """
        The time steps 0.001 s, 0.0031415926535897933 s have no common step.
          Choose time steps that are simple multiples of one another.
        """,
    ),
    Wrong(
        "a negative delay",
        "links(G, delay=-1*ms)",
        ValueRangeError,
        """
        A delay must be at least 0 s, but it is -0.001 s.

          Synapses 'links', delay
          Write for example 2*ms.
        """,
    ),
    Wrong(
        "a delay in volt",
        "links(G, delay=3*mV)",
        DimensionError,
        """
        A delay is a time in second, but this is in volt.

          Synapses 'links', delay
          Write for example 2*ms.
        """,
    ),
    Wrong(
        "a delay longer than can be counted",
        "run(G, connected(G, delay=1e10*second))",
        LimitError,
        """
        A delay of 10000000000.0 s is 1e+13 steps.

          Synapses 'links', on_pre
          Choose a shorter delay or a longer dt.
        """,
    ),
    Wrong(
        "a delay for a pathway that there is not",
        "links(G, delay={'post': 1*ms})",
        ModelError,
        """
        There is no pathway 'post' to delay.

          Synapses 'links'
          There are: pre.
        """,
    ),
    Wrong(
        "a pathway under both of its names",
        "links(G, pre='v_post -= w')",
        ModelError,
        """
        on_pre and pre are the same.

          Synapses 'links'
          Give on_pre only.
        """,
    ),
    Wrong(
        "a delay in a string before there are synapses",
        "links(G).delay = 'i*ms'",
        ConnectionError,
        """
        delay cannot be assigned to yet: there are no synapses.

          Synapses 'links'
          Call connect() first.
        """,
    ),
    Wrong(
        "a delay in a string with a wrong unit",
        "connected(G).delay = '2*mV'",
        DimensionError,
        """
        delay must be in second, but 2*mV is in volt.

          Synapses 'links', delay, line 1
            2*mV
            ^^^^
          Check that every factor is there: the units must come out as second.
        """,
    ),
    Wrong(
        "a delay in a string without a unit",
        "connected(G).delay = 'i'",
        DimensionError,
        """
        delay must be in second, but i is a plain number.

          Synapses 'links', delay, line 1
            i
            ^
          Check that every factor is there: the units must come out as second.
        """,
    ),
    Wrong(
        "a negative delay",
        "connected(G).delay = -1*ms",
        ValueRangeError,
        """
        A delay must be at least 0 s, but it is -0.001 s.

          Synapses 'links', delay
          Write for example 2*ms.
        """,
    ),
    Wrong(
        "a sum of what is known only at events",
        "links(cells(model='v : volt'), 'da/dt = -a/ms : volt (event-driven)\\nv_post = a : volt (summed)', 'a += mV')",
        ModelError,
        """
        v_post is summed in every step, but a is event-driven and known only at events.

          Synapses 'links', line 2
            v_post = a : volt (summed)
            ^^^^^^^^^^^^^^^^^^^^^^^^^^
          Make a clock-driven.
        """,
    ),
    Wrong(
        "two sums into one variable",
        "links(cells(model='v : volt'), 'v_post = 1*mV : volt (summed)\\nv_pre = 1*mV : volt (summed)', None)",
        ModelError,
        """
        cells.v is summed into twice, and the second sum would undo the first.

          Synapses 'links', line 2
            v_pre = 1*mV : volt (summed)
            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
          Sum into two parameters, and add them in a subexpression.
        """,
    ),
    Wrong(
        "a sum into a variable without its side",
        "links(G, 'v = 1*mV : volt (summed)', None)",
        ModelError,
        """
        v names no variable of cells to sum into.

          Synapses 'links', line 1
            v = 1*mV : volt (summed)
            ^^^^^^^^^^^^^^^^^^^^^^^^
          Write 'x_post = ... : unit (summed)' for a parameter x of cells.
        """,
    ),
    Wrong(
        "a post pathway at synapses",
        "Synapses(G, connected(G), on_post='w += 1*mV', name='modulation')",
        ModelError,
        """
        links has no event 'spike' to run on_post.

          Synapses 'modulation'
          Synapses have no events; their variables can be read and summed into.
        """,
    ),
    Wrong(
        "indices of synapses that there are not",
        "Synapses(G, connected(G), name='modulation').connect(i=0, j=9)",
        ShapeError,
        """
        j = 9 is out of range: there are 9 postsynaptic neurons.

          Synapses 'modulation', connect
          Indices go from 0 to 8.
        """,
    ),
    Wrong(
        "synapses linked by numbers",
        "links(G, 'w : volt\\nx : volt (linked)').x = linked_var(G, 'v', index=[0, 1])",
        KindError,
        """
        x of synapses, whose number may change, is linked by the name of a variable, not by numbers.

          Synapses 'links'
          Declare 'k : integer' or use i or j: linked_var(group, 'v', index='j').
        """,
    ),
    Wrong(
        "a link by a name that there is not",
        "links(G, 'w : volt\\nx : volt (linked)').x = linked_var(G, 'v', index='k')",
        UnknownNameError,
        """
        links has no variable 'k' to be an index.

          Synapses 'links'
          Declare it: 'k : integer'.
        """,
    ),
    Wrong(
        "a link by a number that is not whole",
        "links(G, 'w : volt\\nx : volt (linked)').x = linked_var(G, 'v', index='w')",
        KindError,
        """
        w cannot be the index of a linked variable: it is no integer parameter of each element.

          Synapses 'links'
          Declare 'w : integer'.
        """,
    ),
    Wrong(
        "lastupdate without event-driven equations",
        "run(G, connected(G, on_pre='v_post += w*exp((lastupdate - t)/tau)'))",
        UnknownNameError,
        """
        Nothing is called 'lastupdate'.

          Synapses 'links', on_pre, line 1
            v_post += w*exp((lastupdate - t)/tau)
                             ^^^^^^^^^^
          Declare 'lastupdate : second' and end the pathway with 'lastupdate = t'.
        """,
    ),
    Wrong(
        "a string for a neuron's variable at a synapse",
        "connected(G).v_post = '1*mV'",
        NetworkError,
        """
        v_post takes no string here.

          Synapses 'links'
          Assign it to the group itself; numbers may be assigned here.
        """,
    ),
    Wrong(
        "a condition with an else in a generator",
        "links(G).connect(j='i if i < 2 else 0')",
        EquationSyntaxError,
        """
        A conditional expression is not part of the language.

          Synapses 'links', connect, line 1
            i if i < 2 else 0
                       ^^^^
          Write int(condition)*a + int(not condition)*b.
        """,
    ),
    Wrong(
        "a subexpression of weights in a condition",
        "links(G, 'w : volt\\nheavy = w > 1*mV : boolean').connect('heavy')",
        ConnectionError,
        """
        w belongs to synapses, which are only being made.

          Synapses 'links', connect, line 1
            heavy
            ^^^^^
          Use i, j and the variables of the neurons: x_pre, x_post.
        """,
    ),
    Wrong(
        "a schedule that is no list",
        "Network(G).schedule = 'start'",
        KindError,
        """
        A schedule is a list of slots, not 'start'.
          Reorder ['start', 'groups', 'thresholds', 'synapses', 'resets', 'end'].
        """,
    ),
    Wrong(
        "a schedule without a slot",
        "Network(G).schedule = ['start', 'groups', 'thresholds', 'resets', 'end']",
        ValueRangeError,
        """
        A schedule has each slot of a step once, but 'synapses' is missing, unknown or there twice.
          Reorder start, groups, thresholds, synapses, resets, end; before_ and after_ follow from them.
        """,
    ),
    Wrong(
        "a pathway that there is not",
        "links(G).post.delay = 1*ms",
        UnknownAttributeError,
        """
        links has no variable 'post'.

          Synapses 'links'
        """,
    ),
    Wrong(
        "synapses of numbers",
        "Synapses(3, 4)",
        KindError,
        """
        The source of synapses must be a group of neurons or synapses, not int.

          Synapses 'synapses'
          Give a NeuronGroup, a part of one, or Synapses.
        """,
    ),
    Wrong(
        "an unknown event of synapses",
        "links(G, on_event='burst')",
        ModelError,
        """
        cells has no event 'burst' to run on_pre.

          Synapses 'links'
          Its events: spike.
        """,
    ),
    Wrong(
        "a variable that synapses and neurons both have",
        "links(G, model='v : volt')",
        NameConflictError,
        """
        v is also a variable of cells, so it would be unclear which one is meant.

          Synapses 'links'
          Rename one of them.
        """,
    ),
    Wrong(
        "an expression instead of a statement",
        "links(G, on_pre='v_post + w')",
        EquationSyntaxError,
        """
        This is not an assignment.

          Synapses 'links', on_pre, line 1
            v_post + w
            ^^^^^^^^^^
          Write name = expression.
        """,
    ),
    Wrong(
        "an unknown name in a pathway",
        "run(G, connected(G, on_pre='v_post += ww'))",
        UnknownNameError,
        """
        Nothing is called 'ww'.

          Synapses 'links', on_pre, line 1
            v_post += ww
                      ^^
          Did you mean w?
        """,
    ),
    Wrong(
        "a pathway in other units",
        "run(G, connected(G, on_pre='v_post += 3'))",
        DimensionError,
        """
        v_post is in volt, but the value after '+=' is a plain number.

          Synapses 'links', on_pre, line 1
            v_post += 3
                      ^
          Give the number a unit: 3*volt.
        """,
    ),
    Wrong(
        "a pathway that writes a constant",
        "run(G, connected(G, model='w : volt (constant)', on_pre='w += 1*mV'))",
        ModelError,
        """
        w cannot be assigned to: it is declared (constant).

          Synapses 'links', on_pre, line 1
            w += 1*mV
            ^
          Assign to another variable.
        """,
    ),
    Wrong(
        "a pathway that writes a subexpression",
        r"""
        G = cells(model=LIF + '\nu = 2*v : volt')
        run(G, connected(G, on_pre='u_post += w'))
        """,
        ModelError,
        """
        u_post cannot be assigned to: it is a subexpression.

          Synapses 'links', on_pre, line 1
            u_post += w
            ^^^^^^
          Assign to another variable.
        """,
    ),
    Wrong(
        "a pathway that writes a shared variable",
        r"""
        G = cells(model=LIF + '\nu : volt (shared)')
        run(G, connected(G, on_pre='u_post += w'))
        """,
        ModelError,
        """
        u_post cannot be assigned to: it is shared, and synapses change only values of their own.

          Synapses 'links', on_pre, line 1
            u_post += w
            ^^^^^^
          Assign to another variable.
        """,
    ),
    Wrong(
        "a condition together with indices",
        "links(G).connect('i != j', i=[0], j=[1])",
        ConnectionError,
        """
        A condition cannot be combined with i or j.

          Synapses 'links', connect
          Give a condition, both i= and j= as indices, or one of them as a string such as j='i+1'.
        """,
    ),
    Wrong(
        "a generator as a condition",
        "links(G).connect('k for k in range(3)')",
        ConnectionError,
        """
        A generator is no condition.

          Synapses 'links', connect
          Write connect(j='k for k in range(3)').
        """,
    ),
    Wrong(
        "a condition that is a number",
        "links(G).connect('i + j')",
        KindError,
        """
        a condition must be true or false, but i + j is a number.

          Synapses 'links', connect, line 1
            i + j
            ^^^^^
          Compare it with something, for example 'v > v_threshold'.
        """,
    ),
    Wrong(
        "an unknown name in a condition",
        "links(G).connect('i != k')",
        UnknownNameError,
        """
        Nothing is called 'k'.

          Synapses 'links', connect, line 1
            i != k
                 ^
          Define it as a parameter, in Python or in namespace=.
        """,
    ),
    Wrong(
        "a probability above 1",
        "links(G).connect(p=1.5)",
        ValueRangeError,
        """
        p = 1.5: a probability lies between 0 and 1.

          Synapses 'links', connect
          Choose p in this range.
        """,
    ),
    Wrong(
        "a negative number of synapses",
        "links(G).connect(n=-1)",
        ValueRangeError,
        """
        n = -1: the number of synapses of a pair cannot be negative.

          Synapses 'links', connect
          Give 0 or more.
        """,
    ),
    Wrong(
        "half a synapse",
        "links(G).connect(n=0.5)",
        KindError,
        """
        n holds no integers (float, float64).

          Synapses 'links', connect
          Give integers.
        """,
    ),
    Wrong(
        "a neuron that there is not",
        "links(G).connect(i=[0, 3], j=[1, 1])",
        ShapeError,
        """
        i = 3 is out of range: there are 3 presynaptic neurons.

          Synapses 'links', connect
          Indices go from 0 to 2.
        """,
    ),
    Wrong(
        "a generator beyond the last neuron",
        "links(G).connect(j='i + 1')",
        ShapeError,
        """
        j = 3 for i = 2 is out of range: there are 3 postsynaptic neurons.

          Synapses 'links', connect, line 1
            i + 1
            ^^^^^
          Use skip_if_invalid=True, or add a condition such as 'if j >= 0 and j < N_post'.
        """,
    ),
    Wrong(
        "indices of one side",
        "links(G).connect(i=[0, 1])",
        ConnectionError,
        """
        i is given without j.

          Synapses 'links', connect
          Give a condition, both i= and j= as indices, or one of them as a string such as j='i+1'.
        """,
    ),
    Wrong(
        "weights before there are synapses",
        "links(G).w = 1*mV",
        ConnectionError,
        """
        w cannot be assigned to yet: there are no synapses.

          Synapses 'links'
          Call connect() first.
        """,
    ),
    Wrong(
        "an assignment to a synapse's neuron",
        "connected(G).i = 3",
        NetworkError,
        """
        i cannot be assigned to here.

          Synapses 'links'
          Values of neurons are assigned to their group; synapses are made by connect.
        """,
    ),
    Wrong(
        "synapses without their group",
        "run(connected(G))",
        NetworkError,
        """
        Synapses 'links' needs NeuronGroup 'cells', which is not part of the network.
          Add it: net.add(...).
        """,
    ),
    Wrong(
        "a monitor without its group",
        "run(SpikeMonitor(G, name='spikes'))",
        NetworkError,
        """
        SpikeMonitor 'spikes' needs NeuronGroup 'cells', which is not part of the network.
          Add it: net.add(...).
        """,
    ),
    Wrong(
        "a monitor of an unknown variable",
        "StateMonitor(G, 'vv', record=True)",
        UnknownNameError,
        """
        cells has no variable 'vv'. Did you mean 'v'?

          StateMonitor 'statemonitor'
        """,
    ),
    Wrong(
        "a monitor of neurons that there are not",
        "StateMonitor(G, 'v', record=[5])",
        ShapeError,
        """
        Element 5 cannot be recorded: cells has 3.

          StateMonitor 'statemonitor'
          Elements count from 0.
        """,
    ),
    Wrong(
        "a monitor of spikes that there are not",
        "SpikeMonitor(cells(threshold=None, reset=None))",
        UnknownNameError,
        """
        cells has no event 'spike'.

          SpikeMonitor 'spikemonitor'
          Give the group a threshold.
        """,
    ),
    Wrong(
        "a monitor of an unknown event",
        "EventMonitor(G, 'burst')",
        UnknownNameError,
        """
        cells has no event 'burst'.

          EventMonitor 'eventmonitor'
          Give it as events= of the group.
        """,
    ),
    Wrong(
        "a monitor of a monitor",
        "StateMonitor(SpikeMonitor(G), 'v', record=True)",
        KindError,
        """
        SpikeMonitor cannot be recorded.

          StateMonitor 'statemonitor'
          Give a group, a part of one, or synapses.
        """,
    ),
    Wrong(
        "an unknown slot",
        "StateMonitor(G, 'v', record=True, when='lunch')",
        UnknownNameError,
        """
        There is no slot 'lunch' in a step.
          The slots are start, groups, thresholds, synapses, resets, end, each also with before_ or after_ in front.
        """,
    ),
    Wrong(
        "an order that is no number",
        "cells(order='first')",
        KindError,
        """
        order must be a whole number, not 'first'.
          What has a smaller order comes first.
        """,
    ),
    Wrong(
        "a trace that was not recorded",
        r"""
        M = StateMonitor(G, 'v', record=[0])
        M[2].v
        """,
        ShapeError,
        """
        Element 2 was not recorded.

          StateMonitor 'statemonitor'
        """,
    ),
    Wrong(
        "two objects of one name",
        "Network(G, cells())",
        NameConflictError,
        """
        The network has an object 'cells' already.
          Give one another name=.
        """,
    ),
    Wrong(
        "one object in two networks",
        r"""
        Network(G)
        Network(G)
        """,
        NetworkError,
        """
        cells is part of another network already.

          NeuronGroup 'cells'
          Make a new object for each network.
        """,
    ),
    Wrong(
        "a number in a network",
        "Network(3)",
        KindError,
        """
        int is not part of a network.
          Add groups, synapses, monitors and operations.
        """,
    ),
    Wrong(
        "a run in volt",
        "Network(G).run(3*mV)",
        DimensionError,
        """
        The duration of a run must be a time in second, but it is in volt.
          Write for example 1*ms.
        """,
    ),
    Wrong(
        "a run of a number",
        "Network(G).run(3)",
        DimensionError,
        """
        The duration of a run must be a time in second, but it is a plain number.
          Write for example 1*ms.
        """,
    ),
    Wrong(
        "a negative run",
        "Network(G).run(-3*ms)",
        ValueRangeError,
        """
        A run cannot last -3. ms.
          Give a time of at least 0 s, such as 100*ms.
        """,
    ),
    Wrong(
        "a run without end",
        "Network(G).run(math.inf*second)",
        ValueRangeError,
        """
        A run cannot last inf s.
          Give a time of at least 0 s, such as 100*ms.
        """,
    ),
    Wrong(
        "a run in quotes",
        "Network(G).run('3*ms')",
        KindError,
        """
        The duration of a run must be one time, not '3*ms'.
          Write for example 1*ms, without quotes.
        """,
    ),
    Wrong(
        "half precision",
        "Network(G, dtype='float16')",
        UnsupportedError,
        """
        dtype cannot be 'float16'.
          Choose 'float32' or 'float64'.
        """,
    ),
    Wrong(
        "an unknown device",
        "Network(G, device='tpu')",
        UnsupportedError,
        """
        There is no device 'tpu'.
          Choose 'cpu' or 'cuda'.
        """,
    ),
    Wrong(
        "an unknown backend",
        "run(G, backend='fortran')",
        UnsupportedError,
        """
        There is no backend 'fortran'.
          Choose one of: auto, torch, triton.
        """,
    ),
    Wrong(
        "no rows",
        "Network(G, batch=0)",
        ValueRangeError,
        """
        batch must be a whole number of at least 1, not 0.
        """,
    ),
    Wrong(
        "values for other rows",
        r"""
        Network(G, batch=2)
        G.v = np.zeros((3, 3))*mV
        """,
        ShapeError,
        """
        cells.v takes one value or 3, [2, 1] or [2, 3] here, but the value has shape [3, 3].
          Give one value for all elements or one for each.
        """,
    ),
    Wrong(
        "a seed in quotes",
        "Network(G, seed='1')",
        KindError,
        """
        seed must be a whole number, not '1'.
        """,
    ),
    Wrong(
        "a check that never comes",
        "Network(G, check_finite=0)",
        ValueRangeError,
        """
        check_finite must be a number of steps or None, not 0.
          Write check_finite=1000.
        """,
    ),
    Wrong(
        "a TimedArray without time",
        "TimedArray([1, 2, 3], dt=0*ms)",
        ClockError,
        """
        The dt of a TimedArray must be positive, but it is 0.0 s.
          Write dt=1*ms.
        """,
    ),
    Wrong(
        "a TimedArray with three axes",
        "TimedArray(np.zeros((2, 2, 2)), dt=1*ms)",
        ShapeError,
        """
        A TimedArray is [times] or [times, columns], not [2, 2, 2].

          timedarray
          Give at least one value.
        """,
    ),
    Wrong(
        "a TimedArray of a voltage",
        r"""
        I = TimedArray([1, 2]*volt/second, dt=1*ms)
        run(cells(model='dv/dt = I(v) : volt', namespace=dict(VALUES, I=I)))
        """,
        DimensionError,
        """
        The argument of I must be in second, but v is in volt.

          NeuronGroup 'cells', line 1
            dv/dt = I(v) : volt
                      ^
          Check that every factor is there: the units must come out as second.
        """,
    ),
    Wrong(
        "a TimedArray with too many arguments",
        r"""
        I = TimedArray([1, 2]*volt/second, dt=1*ms)
        run(cells(model='dv/dt = I(t, i) : volt', namespace=dict(VALUES, I=I)))
        """,
        EquationSyntaxError,
        """
        I takes 1 argument, not 2.

          NeuronGroup 'cells', line 1
            dv/dt = I(t, i) : volt
                    ^^^^^^^
        """,
    ),
    Wrong(
        "a negative rate",
        "PoissonGroup(3, rates=-3*Hz)",
        ValueRangeError,
        """
        A rate cannot be -3.0 Hz.

          PoissonGroup 'poissongroup', rates
          Give rates of at least 0 Hz.
        """,
    ),
    Wrong(
        "a rate in volt",
        "PoissonGroup(3, rates=3*mV)",
        DimensionError,
        """
        poissongroup.rates is in hertz, but the value is in volt.
          Give a value in hertz, or assign plain SI numbers to poissongroup.rates_.
        """,
    ),
    Wrong(
        "a spike of a neuron that there is not",
        "SpikeGeneratorGroup(3, [5], [1]*ms)",
        ShapeError,
        """
        There is no neuron 5: the group has 3.

          SpikeGeneratorGroup 'spikegeneratorgroup'
          Neurons count from 0.
        """,
    ),
    Wrong(
        "spike times without a unit",
        "SpikeGeneratorGroup(3, [1], [1])",
        DimensionError,
        """
        times must be in second, but they are in 1.

          SpikeGeneratorGroup 'spikegeneratorgroup'
          Write [1, 2]*ms.
        """,
    ),
)
