ay_unit(test_key proof)
