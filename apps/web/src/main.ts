import './main.css';
import { startApp } from './app/startApp';

void startApp();
