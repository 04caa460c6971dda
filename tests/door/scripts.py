"""Scripts as Brian2's users write them; each leaves what it saw in ``result``. Only the import line is put in front."""

from __future__ import annotations

SCRIPTS = {
    "magic_in_a_function": """
tau = 100*ms
def simulate(drive):
    tau = 10*ms
    G = NeuronGroup(2, 'dv/dt = (drive - v)/tau : 1', threshold='v > 1', reset='v = 0', method='euler')
    M = SpikeMonitor(G)
    run(30*ms)
    run(20*ms)
    return [float(t) for t in M.t/ms], float(magic_network.t/ms), float(G.t/ms)
result = [simulate(1.5), simulate(2.5)]
""",
    "objects_before_the_first_run": """
defaultclock.dt = 0.25*ms
G = NeuronGroup(4, 'dv/dt = -v/(5*ms) : volt', threshold='v > 1*mV', method='exact')
G.v = 'i*mV'
S = Synapses(G, G, 'w : 1')
S.connect(condition='i != j')
S.w = 'i + 0.5*j'
result = [float(G.clock.dt/ms), float(G.dt/ms), len(G), int(G.N + 0), [float(v) for v in G.v/mV],
          len(S), int(S.N + 0), [float(w) for w in S.w], [int(j) for j in S.j]]
""",
    "a_loop_of_new_objects": """
result = []
for k in range(3):
    G = NeuronGroup(1, 'dv/dt = (k + 1)/(5*ms) : 1', threshold='v >= 1', reset='v = 0', method='euler')
    M = SpikeMonitor(G)
    run(12*ms)
    result.append([int(M.num_spikes), float(magic_network.t/ms)])
""",
    "start_scope": """
G = NeuronGroup(1, 'v : 1')
run(3*ms)
start_scope()
H = NeuronGroup(1, 'dv/dt = 1/ms : 1', method='euler')
run(1*ms)
result = [float(magic_network.t/ms), float(H.v[0]), sorted(o.name for o in collect() if o is H) != [], G in collect()]
""",
    "objects_in_lists_stay_out": """
groups = [NeuronGroup(1, 'dv/dt = 1/ms : 1', method='euler') for _ in range(2)]
G = NeuronGroup(1, 'dv/dt = 1/ms : 1', method='euler')
run(1*ms)
result = [float(groups[0].v[0]), float(G.v[0]), len(collect())]
net = Network(groups)
net.run(2*ms)
result += [float(groups[1].v[0]), float(net.t/ms)]
""",
    "a_new_group_beside_an_old_one": """
G = NeuronGroup(1, 'v : 1')
run(1*ms)
M = StateMonitor(G, 'v', record=True)
run(1*ms)
result = [len(M.t)]
H = NeuronGroup(1, 'v : 1')
try:
    run(1*ms)
except MagicError:
    result.append('MagicError')
""",
    "synapses_whose_group_is_not_visible": """
def inner():
    hidden = NeuronGroup(1, 'v : 1', threshold='True')
    return SpikeMonitor(hidden)
M = inner()
G = NeuronGroup(1, 'dv/dt = 1/ms : 1', method='euler')
run(1*ms)
result = [float(G.v[0]), int(M.num_spikes)]
""",
    "store_and_restore": """
G = NeuronGroup(3, 'dv/dt = (1.1 + 0.3*i - v)/(5*ms) : 1 (unless refractory)', threshold='v > 1', reset='v = 0',
                refractory=2*ms, method='euler')
S = Synapses(G, G, on_pre='v_post += 0.2', delay=3*ms)
S.connect(j='(i + 1) % N_post')
M = SpikeMonitor(G)
run(10*ms)
store()
counts = []
for extra in range(3):
    restore()
    G.v = 'v + 0.1*extra'
    run(15*ms)
    counts.append([int(n) for n in M.count])
result = [counts, float(magic_network.t/ms)]
""",
    "time_step_changed_between_runs": """
G = NeuronGroup(1, 'dv/dt = 1/ms : 1', method='euler')
M = StateMonitor(G, 'v', record=0)
defaultclock.dt = 0.5*ms
run(2*ms)
defaultclock.dt = 0.1*ms
run(0.3*ms)
result = [[round(float(t/ms), 9) for t in M.t], float(defaultclock.t/ms), float(G.v[0]), float(defaultclock.dt/ms)]
""",
    "a_network_of_its_own": """
def build(level):
    G = NeuronGroup(1, 'dv/dt = level/ms : 1', method='euler', name='cells')
    return Network(G, StateMonitor(G, 'v', record=True, name='trace'))
net = build(2)
level = 3
net.run(1*ms)
net.run(1*ms, namespace={'level': 5})
def later(net):
    level = 7
    net.run(1*ms)
later(net)
result = [float(net['cells'].v[0]), net['trace'].v.shape[1], float(net.t/ms), 'cells' in net]
""",
    "names_by_order_of_making": """
A = NeuronGroup(1, 'v : 1', threshold='True')
B = NeuronGroup(1, 'v : 1', threshold='True')
P = PoissonGroup(1, rates=10*Hz)
S1 = Synapses(B, A, on_pre='v_post = 1')
S2 = Synapses(A, B, on_pre='v_post = 2')
S1.connect()
S2.connect()
M = SpikeMonitor(A)
R = PopulationRateMonitor(B)
net = Network(R, M, S2, S1, P, B, A)
net.run(0*ms)
result = [x.name for x in (A, B, P, S1, S2, M, R)]
""",
    "operations_and_stop": """
G = NeuronGroup(1, 'dv/dt = 1/ms : 1', method='euler')
@network_operation(dt=1*ms)
def halt(t):
    if t > 2.5*ms:
        stop()
@network_operation
def count():
    steps.append(1)
steps = []
run(10*ms)
result = [float(magic_network.t/ms), len(steps), float(G.v[0])]
""",
    "linked_timed_and_poisson": """
stimulus = TimedArray([0, 1, 0.5]*nA, dt=2*ms)
G = NeuronGroup(2, '''dv/dt = stimulus(t)*ohm/(ms*volt) : 1
                      w = v + h : 1
                      h : 1 (linked)''', method='euler')
H = NeuronGroup(2, 'h : 1')
H.h = [1, 2]
G.h = linked_var(H, 'h')
spikes = SpikeGeneratorGroup(3, [0, 2, 2], [0.5, 1, 3]*ms)
S = Synapses(spikes, H, on_pre='h_post += 1')
S.connect(i=[0, 2], j=[0, 1])
M = StateMonitor(G, ['v', 'w'], record=True)
run(5*ms)
result = [M.w[:, -1].tolist(), [float(x) for x in H.h], float(G.v[0]) > 0]
""",
    "seed_makes_runs_equal": """
def once():
    seed(42)
    G = NeuronGroup(20, 'dv/dt = -v/(5*ms) + xi*(5*ms)**-0.5 : 1', threshold='v > rand()', reset='v = 0',
                    method='euler')
    G.v = 'rand()'
    P = PoissonGroup(30, 100*Hz)
    S = Synapses(P, G, 'w : 1', on_pre='v += w')
    S.connect(p=0.3)
    S.w = 'rand()'
    M = SpikeMonitor(G)
    run(20*ms)
    return array(M.t/ms).tolist(), array(M.i).tolist(), len(S), rand()
one, two = once(), once()
seed(43)
result = [one == two, len(one[0]) > 0, once()[0] == one[0]]
""",
    "states": """
G = NeuronGroup(2, 'v : volt', name='cells')
net = Network(G)
net.set_states({'cells': {'v': [1, 2]*mV}})
result = [float(v) for v in net.get_states(units=False)['cells']['v']]
""",
    "names_of_numpy_and_units": """
x = arange(0*ms, 1*ms, 0.25*ms)
y = np.arange(0*ms, 1*ms, 0.25*ms)
z = linspace(0*mV, 4*mV, 5)
result = [(x/ms).tolist(), (y/ms).tolist(), (z/mV).tolist(), float(mean(z)/mV), str(in_unit(3*mV, volt)),
          have_same_dimensions(cm2, um**2), get_dimensions(3) is not None, is_dimensionless(ms/second),
          zeros((2, 3)).shape, rand(3).shape, float(exp(0)), max(3, 4), abs(-2), int(sum([1, 2])), e > 2, pi > 3,
          float(sqrt(4*mV**2)/mV), (array([1, 2])*nA/pA).tolist(), float(10*uS*mV/pA)]
try:
    3*mV + 2*ms
except DimensionMismatchError:
    result.append('DimensionMismatchError')
""",
    "methods_as_names": """
G = NeuronGroup(1, 'dv/dt = -v/ms : 1', method=exponential_euler)
H = NeuronGroup(1, 'dv/dt = -v/ms : 1', method=euler)
K = NeuronGroup(1, 'dv/dt = -v/ms : 1')
for group in (G, H, K):
    group.v = 1
run(1*ms)
result = [round(float(group.v[0]), 12) for group in (G, H, K)]
""",
    "what_monitors_tell": """
G = NeuronGroup(4, '''dv/dt = (1.5 + i - v)/(5*ms) : 1
twice = 2*v : 1
k : volt (shared)
c : 1''', threshold='v > 1', reset='v = 0', refractory=1*ms, method='euler')
G.k = 3*mV
M = StateMonitor(G, True, record=[1, 3])
S = SpikeMonitor(G, variables='c')
R = PopulationRateMonitor(G)
run(3*ms)
trace = M[3].v[:]
trace[:] = 7
result = [sorted(M.record_variables), M.v.shape, M.twice.shape, M.k.shape, float(M[3].k[-1]), float(M.v[1][-1]),
          [int(k) for k in M.record], len(S), len(M), len(R), [float(t/ms) for t in S.t],
          sorted(S.all_values()), {int(k): len(c) for k, c in S.all_values()['c'].items()}]
states = [one.get_states() for one in (M, S, R)]
result += [sorted(one) for one in states] + [states[0]['v'].shape, float(states[1]['t'][0]/ms), int(states[2]['N'])]
""",
    "how_views_are_shown": """
G = NeuronGroup(2, '''v : volt
n : integer
s : amp (shared)''', name='cells')
G.v = [-70, -60]*mV
G.s = 2*nA
result = [repr(G.v), str(G.n), repr(G.s), repr(G.v[0]), repr(G.n[1]), repr(G.v.unit), G.v.dim == volt.dim,
          str(G.equations['v'].unit), G.equations['s'].dim == amp.dim]
""",
    "what_is_not_active_does_not_run": """
G = NeuronGroup(2, 'dv/dt = (1.5 + i - v)/(5*ms) : 1', threshold='v > 1', reset='v = 0', method='euler')
H = NeuronGroup(2, 'dx/dt = -x/(10*ms) : 1', method='euler')
S = Synapses(G, H, on_pre='x += 1')
S.connect()
K = NeuronGroup(1, 'y : 1', threshold='True', reset='y += 1')
K.run_regularly('y += 0.5', dt=1*ms)
M, MK, MH = SpikeMonitor(G), SpikeMonitor(K), StateMonitor(H, 'x', record=True)
result = []
def after(length):
    run(length)
    result.append([float(x) for x in (*G.v, *H.x, *K.y)] + [int(M.num_spikes), int(MK.num_spikes), len(MH.t)])
after(10*ms)
S.active = False
after(10*ms)
S.active, G.active, K.active = True, False, False
after(10*ms)
G.active, H.active, M.active = True, False, False
after(10*ms)
H.active, K.active, M.active, S.pre.active = True, True, True, False
after(10*ms)
MH.active = False
after(5*ms)
""",
    "exponential_euler_beside_functions_of_the_variable": """
G = NeuronGroup(3, '''dv/dt = (-m**3*(v - 50*mV) - 0.3*(v + 65*mV) + v*5*mV/(100*mV + v))/(2*ms) : volt
m = a/(a + b) : 1
a = 1/exprel(-(v + 35*mV)/(10*mV))/ms : Hz
b = 4*exp(-(v + 60*mV)/(18*mV))/ms : Hz''', method='exponential_euler')
G.v = [-70, -40, 10]*mV
M = StateMonitor(G, 'v', record=True)
run(5*ms)
result = [[float(v) for v in row[::7]] for row in M.v]
""",
    "synapses_run_regularly": """
G = NeuronGroup(3, 'dv/dt = (1.4 + i*0.2 - v)/(10*ms) : 1', threshold='v > 1', reset='v = 0', method='exact')
H = NeuronGroup(2, 'dv/dt = -v/(10*ms) : 1', method='exact')
gain = 0.01
S = Synapses(G, H, 'w : 1', on_pre='v_post += w')
S.connect('i != j')
S.w = 0.3
decay = S.run_regularly('w = clip(w + gain*(1 - v_pre) - 0.001*j, 0, 1)', dt=2*ms)
M = StateMonitor(S, 'w', record=True, dt=1*ms)
run(20*ms)
decay.active = False
run(5*ms)
result = [[float(w) for w in row] for row in M.w] + [float(v) for v in H.v]
""",
    "delays_from_names_in_the_script": """
longest = 4*ms
G = NeuronGroup(3, 'dv/dt = (1.4 + i*0.2 - v)/(10*ms) : 1', threshold='v > 1', reset='v = 0', method='exact')
H = NeuronGroup(2, 'v : 1')
S = Synapses(G, H, on_pre='v_post = t/ms', on_post=None)
S.connect()
result = []
def choose(part):
    S.delay = 'part*longest*i/N_pre'
    result.append([float(d/ms) for d in S.delay[:]])
    S.pre.delay = 'part*longest*j/N_post'
    result.append([float(d/ms) for d in S.pre.delay[:]])
    S.delay['i == 1'] = 'part*longest'
choose(0.5)
run(30*ms)
result += [[float(d/ms) for d in S.delay[:]], [float(v) for v in H.v], repr(S.delay).startswith('<synapses')]
""",
    "a_misspelled_attribute": """
G = NeuronGroup(1, 'v : 1')
result = []
for attempt in (lambda: setattr(G, 'vv', 1), lambda: G.vv):
    try:
        attempt()
    except AttributeError:
        result.append('AttributeError')
""",
    "networks_that_share_objects": """
G = NeuronGroup(1, 'dv/dt = 1/ms : 1', method='euler')
M = StateMonitor(G, 'v', record=0)
unused = Network(G, M)
second = Network(collect())
run(1*ms)
H = NeuronGroup(1, 'dv/dt = 2/ms : 1', method='euler')
nets = [Network(H), Network(H)]
nets[1].run(2*ms)
result = [float(G.v[0]), len(M.t), float(H.v[0])]
for attempt in (lambda: nets[0].run(1*ms), lambda: second.run(1*ms), lambda: Network(G).run(1*ms)):
    try:
        attempt()
    except RuntimeError:
        result.append('refused')
""",
    "classes_of_errors": """
G = NeuronGroup(3, 'dv/dt = -v/(10*ms) : volt', threshold='v > 1*mV', reset='v = 0*mV', method='exact')
result = []
for attempt, kinds in ((lambda: G.v[7], IndexError), (lambda: setattr(G, 'v', [1, 2]*mV), ValueError),
                       (lambda: Network(G)['nope'], KeyError), (lambda: setattr(G, 'v', 3), DimensionMismatchError),
                       (lambda: run(3*mV), DimensionMismatchError), (lambda: float([1, 2]*mV), TypeError)):
    try:
        attempt()
    except kinds:
        result.append('refused')
""",
    "a_part_runs_regularly": """
G = NeuronGroup(6, '''dv/dt = (1.5 + 0.1*i - v)/(5*ms) : 1 (unless refractory)
n : integer
w : 1''', threshold='v > 1', reset='v = 0', refractory=2*ms, method='euler')
part = G[2:5]
part.run_regularly('''n += i + 1
half = N/2.0
v = v + 0.05
w = half + i*v''', dt=1*ms)
part[1:].run_regularly('w += 0.5', dt=2*ms, when='end')
G.run_regularly('w -= 0.1', dt=3*ms)
M, S = StateMonitor(G, ['v', 'n', 'w'], record=True), SpikeMonitor(G)
run(20*ms)
part.set_states({'n': [7, 8, 9]})
result = [[float(x) for x in row[::11]] for row in M.v] + [[int(x) for x in G.n], [float(x) for x in G.w]]
result += [[float(t/ms) for t in S.t], [int(n) for n in part.get_states(['n'])['n']]]
""",
}
