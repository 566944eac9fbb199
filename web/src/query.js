import "@zazuko/yasgui"; 
