#!/usr/bin/env python3
"""Black-box tests of the program: exit statuses and what it prints. Usage: cli_test.py PROGRAM [TEST...]"""

import support

if __name__ == "__main__":
    support.main()
