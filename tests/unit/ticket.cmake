ay_unit(test_act ticket)
