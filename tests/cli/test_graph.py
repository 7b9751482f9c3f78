"""The graph of a small model, as text and for Graphviz."""

import re

import tiny_model
from support import ModelTest


class Graph(ModelTest):
    def test_blocks_stand_between_the_names_of_their_results(self):
        out = self.succeed("graph", self.model).out
        titles = re.findall(r"(?m)^\S.*$", out)
        between = [f"from hidden.{i} to hidden.{i + 1}" for i in range(tiny_model.BLOCKS)]
        self.assertEqual(titles, ["to hidden.0", *between, f"from hidden.{tiny_model.BLOCKS}"])
        numbers = [int(n) for n in re.findall(r"(?m)^ +(\d+) ", out)]
        self.assertEqual(numbers, list(range(len(numbers))))

    def test_operations_have_inputs_options_type_and_shape(self):
        out = self.succeed("graph", self.model, "--layer", "1", "--tokens", "3").out
        width = tiny_model.WIDTH
        self.assertRegex(out, rf"rms_norm +hidden\.1, blk\.1\.attn_norm\.weight +f32 \[3, {width}\] +eps \S+\n")
        number = re.search(r" (\d+) +rms_norm", out)[1]
        self.assertRegex(out, rf"matmul +blk\.1\.attn_q\.weight, {number} +f32 \[3, {width}\]\n")
        self.assertNotIn("blk.0", out)

    def test_dot_declares_all_that_its_edges_join(self):
        for layer in ([], ["--layer", "0"]):
            out = self.succeed("graph", self.model, "--format", "dot", *layer).out
            declared = re.findall(r'(?m)^ +("[^"]+"|\d+) \[', out)
            joined = set(re.findall(r'(?m)^ +("[^"]+"|\d+) -> (\d+);', out))
            self.assertEqual(len(declared), len(set(declared)))
            self.assertLessEqual({end for edge in joined for end in edge}, set(declared))
            self.assertIn('"blk.0.attn_q.weight"', declared)
            self.assertEqual(out.count("subgraph"), 1 if layer else tiny_model.BLOCKS + 2)

    def test_what_is_not_there(self):
        self.assertIn("expected 0 to 1", self.fail_with(1, "graph", self.model, "--layer", "2").err)
        self.assertIn("can not see", self.fail_with(1, "graph", self.model, "--encoder").err)
        self.fail_with(2, "graph", self.model, "--encoder", "--layer", "0")
