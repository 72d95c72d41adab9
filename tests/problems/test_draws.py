"""The authors' seeded data, drawn without their framework."""

import numpy as np

from problems import CurvedRavine, QuadraticSensing, TwoNeuron
from problems.draws import Draws, paper_start


def test_start_of_the_curved_experiment_agrees_to_one_ulp(ask):
    stated = np.array([1.0970541496874935, 0.5327534435573401])
    assert (np.abs(paper_start() - stated) <= np.spacing(stated)).all()
    assert np.isfinite(ask(CurvedRavine(), paper_start())[0])


def test_neuron_data_agree_with_the_published_digits():
    problem = TwoNeuron.of_the_paper()
    np.testing.assert_allclose(problem.initial[:3], [-0.23485075, 0.05313648, -1.18658548], atol=5e-9)
    np.testing.assert_allclose(np.linalg.norm(problem.teacher), 11.433840535663734, rtol=1e-15)
    assert problem.dimension == 200 and problem.faults() == []


def test_sensing_data_have_the_published_shapes_and_norms():
    problem = QuadraticSensing.of_the_paper()
    assert problem.a.shape == problem.b.shape == (1000, 100)
    assert problem.factor.shape == problem.initial.shape == (100, 4) and not problem.factor[:, 2:].any()
    np.testing.assert_allclose([np.linalg.norm(problem.factor), np.linalg.norm(problem.initial)], 1.0, rtol=1e-15)
    assert abs(problem.a.mean()) < 0.02 and abs(problem.a.std() - 1) < 0.02
    assert problem.faults() == []


def test_draws_continue_one_stream_and_redraw_the_last_block():
    draws = Draws(11)
    u = Draws(11).uniforms(36)
    normals = draws.normals(20)
    assert (draws.uniforms(0).size, draws.normals(1).size) == (0, 1)
    assert normals.shape == (20,)
    # 20 numbers: blocks of 16 from uniforms 0..15, then the LAST 16 anew from uniforms 20..35.
    r, angle = np.sqrt(-2 * np.log(1 - u[20:28])), 2 * np.pi * u[28:36]
    np.testing.assert_allclose(normals[4:12], r * np.cos(angle), rtol=1e-14)
    np.testing.assert_allclose(normals[12:20], r * np.sin(angle), rtol=1e-14)
    r, angle = np.sqrt(-2 * np.log(1 - u[:4])), 2 * np.pi * u[8:12]
    np.testing.assert_allclose(normals[:4], r * np.cos(angle), rtol=1e-14)


def test_normals_look_normal():
    sample = Draws(5).normals(40000)
    moments = [np.mean(sample**k) for k in range(1, 5)]
    np.testing.assert_allclose(moments, [0.0, 1.0, 0.0, 3.0], atol=0.15)
